using Sots.Reliability.Processes;

namespace Sots.Reliability.Crowds;

/// <summary>Lets a program believe that it runs on another host, and at another time.</summary>
internal static class OtherHost
{
    /// <summary>The library that fakes clocks, or null.</summary>
    public static string? FakeTime { get; } = new[] { "/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib64/faketime", "/usr/lib/faketime" }
        .Select(static folder => Path.Combine(folder, "libfaketime.so.1"))
        .FirstOrDefault(File.Exists);

    /// <summary>The same program on a host of another name. Root.</summary>
    public static Executable Elsewhere(Executable program) =>
        program with { StartedBy = ["unshare", "--uts", "sh", "-c", "hostname elsewhere && exec \"$0\" \"$@\""] };

    /// <summary>The same program with a clock that is wrong by so much (<c>-31m</c>, <c>+2y</c>); timers run as they should.</summary>
    public static Executable At(Executable program, string offset) => Faked(program).With("FAKETIME", offset);

    /// <summary>The same program with a clock whose error stands in a file, which may change while it runs.</summary>
    public static Executable WithClock(Executable program, string file) => Faked(program).With("FAKETIME_TIMESTAMP_FILE", file).With("FAKETIME_NO_CACHE", "1");

    private static Executable Faked(Executable program) => program
        .With("LD_PRELOAD", FakeTime)
        .With("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .With("NO_FAKE_STAT", "1");
}
