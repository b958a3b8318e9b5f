namespace Sots.Restic.Tests.Backends;

public class SystemCallTraceTests
{
    [Fact]
    public void A_call_that_was_interrupted_by_one_of_another_thread_stands_in_one_line_where_it_ended()
    {
        string[] lines =
        [
            "11 openat(AT_FDCWD, \"/a\", O_RDONLY <unfinished ...>",
            "12    openat(AT_FDCWD, \"/b\", O_RDONLY) = 4</b>",
            "11 <... openat resumed>) = 3</a>",
            "11 fsync(3</a> <unfinished ...>",
            "12    fsync(4</b> <unfinished ...>",
            "11 <... fsync resumed>)  = 0",
            "12    <... fsync resumed>)  = -1 EIO (Input/output error) (INJECTED)",
            "12    write(1, \"x\", 1 <unfinished ...>",
        ];

        Assert.Equal(
            [
                "12    openat(AT_FDCWD, \"/b\", O_RDONLY) = 4</b>",
                "11 openat(AT_FDCWD, \"/a\", O_RDONLY) = 3</a>",
                "11 fsync(3</a>)  = 0",
                "12    fsync(4</b>)  = -1 EIO (Input/output error) (INJECTED)",
                "12    write(1, \"x\", 1",
            ],
            SystemCallTrace.Read(lines));
    }
}
