using System.Text;
using Sots.Restic.Locking;
using Sots.Restic.Tests.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Restic.Tests.Locking;

public class LockFileTests
{
    private const string Root =
        """{"time":"2024-01-31T13:00:00.5+01:00","exclusive":false,"hostname":"golden","username":"root","pid":123}""";

    private const string User =
        """{"time":"2024-01-31T12:00:00Z","exclusive":true,"hostname":"WIN-1","username":"WIN-1\\me","pid":4242,"uid":1000,"gid":100}""";

    private const string OfAMachine =
        """{"time":"2024-01-31T12:00:00Z","exclusive":true,"hostname":"h","username":"u","pid":4,"gid":100,"machine":"00c0ffee00c0ffee"}""";

    private static readonly NodeTime Noon = new(1_706_702_400, 0, 0);

    [Fact]
    public void Zero_ids_are_left_out_and_others_are_not()
    {
        Assert.Equal(Root, Text(new LockFile(Noon with { Nanoseconds = 500_000_000, OffsetMinutes = 60 }, false, "golden", "root", 123, 0, 0)));
        Assert.Equal(User, Text(new LockFile(Noon, true, "WIN-1", @"WIN-1\me", 4242, 1000, 100)));
    }

    [Theory]
    [InlineData(Root)]
    [InlineData(User)]
    [InlineData(OfAMachine)]
    public void What_was_read_is_written_again(string json) => Assert.Equal(json, Text(Read(json)));

    [Fact]
    public void Members_may_stand_in_any_order_with_unknown_ones_between()
    {
        LockFile read = Read("""{ "pid":1, "new":{"time":[1,"}"]}, "hostname":"h", "exclusive":true, "time":"2024-01-31T12:00:00Z" }""");
        Assert.Equal(new LockFile(Noon, true, "h", "", 1, 0, 0), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"id":"00","chunker_polynomial":"276199fa28ac11"}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","tree":"00","paths":null,"hostname":"h","username":"u"}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","exclusive":false,"hostname":"h","username":"u","pid":0}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","exclusive":false,"hostname":"h","username":"u","pid":-1}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","exclusive":false,"hostname":"h","username":"u","pid":2147483648}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","exclusive":"no","hostname":"h","username":"u","pid":1}""")]
    [InlineData("""{"time":"2024-01-31 12:00:00","exclusive":false,"hostname":"h","username":"u","pid":1}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","exclusive":false,"exclusive":true,"hostname":"h","username":"u","pid":1}""")]
    [InlineData("""{"time":"2024-01-31T12:00:00Z","exclusive":false,"hostname":null,"username":"u","pid":1}""")]
    [InlineData(Root + "{}")]
    public void Anything_else_is_not_a_lock(string json)
    {
        RepositoryException refusal = Assert.Throws<RepositoryException>(() => Read(json));
        Assert.Equal(RepositoryErrorKind.Damaged, refusal.Kind);
        Assert.StartsWith("locks/abc is not a lock: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_of_more_than_64_KiB_is_none()
    {
        string longest = Root.Replace("golden", new string('g', LockFile.MaxLength - Root.Length + 6), StringComparison.Ordinal);
        Assert.Equal(LockFile.MaxLength, longest.Length);
        Assert.Equal(longest, Text(Read(longest)));
        Assert.Throws<RepositoryException>(() => Read(longest + " "));
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        HostileJson.Every_truncation_is_refused(Encoding.UTF8.GetBytes(User), json => LockFile.Read(json, "locks/abc"));

    [Fact]
    public void Damaged_bytes_never_give_another_exception() => Assert.NotEqual(
        0, HostileJson.Mutations_give_no_other_exception(Encoding.UTF8.GetBytes(User), 1, 10_000, json => LockFile.Read(json, "locks/abc")));

    private static string Text(LockFile file) => Encoding.UTF8.GetString(file.Write());

    private static LockFile Read(string json) => LockFile.Read(Encoding.UTF8.GetBytes(json), "locks/abc");
}
