using System.Text.RegularExpressions;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

/// <summary>What the kernel is really asked for, seen by strace.</summary>
public partial class SystemCallOrderTests
{
    [Fact]
    public async Task After_what_was_left_in_the_folders_a_file_is_created_written_synced_renamed_then_its_folder_synced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && SystemCallProbe.FindProgram("strace") is not null, "needs strace");
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["repo", "index"]);
        string trace = folder["trace"];
        string[] strace = ["strace", "-f", "-y", "-o", trace, "-e", "trace=open,openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,chmod,fchmodat,unlink,unlinkat"];

        Assert.Equal("saved", await SystemCallProbe.RunAsync(folder["repo"], folder.Path, strace));

        string[] calls = [.. SystemCallTrace.Read(File.ReadLines(trace)).Where(line => line.Contains(folder["repo"], StringComparison.Ordinal)).Select(Describe).OfType<string>()];
        Assert.Equal(
            [
                "fsync repository", "open folder", "fsync folder", "open folder",
                "create exclusively with 0600", "write", "fsync file", "rename", "open folder", "fsync folder", "open folder", "chmod 0400",
            ],
            calls);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_opened_any_more_was_flushed_in_vain()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && SystemCallProbe.FindProgram("strace") is not null, "needs strace");
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["repo", "index"]);

        // The folder is opened twice for what was left in it, and twice for the new name. XFS without its disk refuses only the last.
        string[] strace = ["strace", "-f", "-o", folder["trace"], "-P", folder["repo", "index"], "-e", "trace=open,openat", "-e", "inject=open,openat:error=EIO:when=4"];
        string answer = await SystemCallProbe.RunAsync(folder["repo"], folder.Path, strace);

        Assert.StartsWith($"{RepositoryErrorKind.Storage}: cannot write {SystemCallProbe.Saved}", answer, StringComparison.Ordinal);
        Assert.Equal(4, SystemCallTrace.Read(File.ReadLines(folder["trace"])).Count(static line => line.Contains("open", StringComparison.Ordinal)));
        Assert.Empty(Directory.GetFiles(folder["repo", "index"]));
    }

    /// <summary>One line of the trace in our words; null for calls that only look. That a folder can be opened says that its flush was none in vain.</summary>
    private static string? Describe(string line)
    {
        string call = CallName().Match(line).Groups[1].Value;
        bool temporary = line.Contains("-tmp-", StringComparison.Ordinal);
        return call switch
        {
            "open" or "openat" when !line.Contains("O_CREAT", StringComparison.Ordinal) => line.Contains("/repo/index\"", StringComparison.Ordinal) ? "open folder" : null,
            "open" or "openat" => temporary && line.Contains("O_EXCL", StringComparison.Ordinal) && line.Contains("0600", StringComparison.Ordinal)
                ? "create exclusively with 0600"
                : line,
            "write" or "pwrite64" when temporary && line.Contains("= 100000", StringComparison.Ordinal) => "write",
            "fsync" => temporary ? "fsync file" : line.Contains("/repo>", StringComparison.Ordinal) ? "fsync repository" : line.Contains("/repo/index>", StringComparison.Ordinal) ? "fsync folder" : line,
            "rename" or "renameat" or "renameat2" when temporary => "rename",
            "chmod" or "fchmodat" when !temporary => line.Contains("0400", StringComparison.Ordinal) ? "chmod 0400" : line,
            _ => line,
        };
    }

    [GeneratedRegex(@"^\d+\s+(\w+)\(")]
    private static partial Regex CallName();
}
