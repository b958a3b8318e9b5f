namespace Sots.Publish.Tests;

/// <summary>The program compiled natively: for this system as a whole, for Windows as far as that goes without its linker.</summary>
public sealed class NativeCompilationTests
{
    [Fact]
    public async Task The_native_program_is_made_without_a_warning_and_all_its_verbs_work()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        Assert.SkipUnless(SourceFolder.Root is not null, SourceFolder.Absent);
        Assert.SkipUnless(
            Command.Find("clang") is not null || (Command.Find("gcc") is not null && File.Exists("/usr/include/zlib.h")),
            "needs clang, or gcc and the headers of zlib, to link native code");
        (string folder, string log) = await Publication.Native.MakeAsync();
        Assert.DoesNotContain("warning", log, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(Path.Combine(folder, "sots_backup.dll")));
        await new VerbTour(Path.Combine(folder, "sots_backup")).RunAsync();
    }

    [Fact]
    public async Task Native_code_for_Windows_is_made_without_a_warning()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        Assert.SkipUnless(SourceFolder.Root is not null, SourceFolder.Absent);
        string folder = SourceFolder.PathOf("artifacts", "published", "gate-windows-aot");
        string passed = Path.Combine(folder, "passed");
        if (!Publication.IsUpToDate(passed))
        {
            CommandResult gate = await new Command("bash", SourceFolder.PathOf("eng", "gate-windows-aot.sh")).RunAsync(folder);
            Assert.StartsWith("no warnings; ", gate.Expect(0).Out, StringComparison.Ordinal);
            await File.WriteAllTextAsync(passed, gate.Out);
        }
    }
}
