using System.Diagnostics;
using System.Globalization;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

/// <summary>
/// Single calls of the C library fail in a process of its own, by a preloaded library. Only this shows that a failed fsync arrives
/// here: the runtime's own call does not report it.
/// </summary>
public sealed class FailingCallsTests(FailingCallsTests.Shim shim) : IClassFixture<FailingCallsTests.Shim>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fsync", 1, "EIO", RepositoryErrorKind.Storage)] // the file
    [InlineData("fsync", 2, "EIO", RepositoryErrorKind.Storage)] // its folder
    [InlineData("fsync", 1, "ENOSPC", RepositoryErrorKind.StorageFull)]
    [InlineData("fsync", 1, "EDQUOT", RepositoryErrorKind.StorageFull)]
    [InlineData("fsync", 2, "ENOSPC", RepositoryErrorKind.StorageFull)]
    [InlineData("pwrite", 1, "ENOSPC", RepositoryErrorKind.StorageFull)]
    [InlineData("pwrite", 1, "EDQUOT", RepositoryErrorKind.StorageFull)]
    [InlineData("pwrite", 1, "EIO", RepositoryErrorKind.Storage)]
    [InlineData("create", 1, "EACCES", RepositoryErrorKind.PermissionDenied)]
    [InlineData("create", 1, "ENOSPC", RepositoryErrorKind.StorageFull)]
    [InlineData("rename", 1, "EIO", RepositoryErrorKind.Storage)]
    [InlineData("rename", 1, "EACCES", RepositoryErrorKind.PermissionDenied)]
    public async Task A_call_that_fails_fails_the_saving_and_leaves_nothing(string call, int nth, string error, RepositoryErrorKind kind)
    {
        (string answer, string[] calls) = await SaveWithFaultAsync(call, nth, error);
        Assert.StartsWith($"{kind}: cannot write {SystemCallProbe.Saved}", answer, StringComparison.Ordinal);
        Assert.Single(calls, line => line.EndsWith("<-- FAULT", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder["repo", "index"]));

        // After a failed fsync the kernel has forgotten what it could not write: no second try on the same file.
        Assert.Equal(nth, calls.Length);
    }

    [Theory]
    [InlineData("fsync", 1, "EINTR")]
    [InlineData("fsync", 2, "EINTR")]
    [InlineData("pwrite", 1, "EINTR")]
    [InlineData("pwrite", 1, "SHORT")]
    [InlineData("create", 1, "EINTR")]
    public async Task Interrupted_and_short_calls_are_no_failures(string call, int nth, string fault)
    {
        (string answer, string[] calls) = await SaveWithFaultAsync(call, nth, fault);
        Assert.Equal("saved", answer);
        Assert.Single(calls, line => line.EndsWith("<-- FAULT", StringComparison.Ordinal));
        using LocalBackend backend = new(_folder["repo"]);
        Assert.Equal(SystemCallProbe.Content, await backend.LoadAsync(SystemCallProbe.Saved, 1 << 20, default));
    }

    private async Task<(string Answer, string[] Calls)> SaveWithFaultAsync(string call, int nth, string fault)
    {
        Assert.SkipUnless(shim.Library is not null, shim.Absent);
        Directory.CreateDirectory(_folder["repo", "index"]);
        string answer = await SystemCallProbe.RunAsync(
            _folder["repo"],
            _folder.Path,
            [],
            ("LD_PRELOAD", shim.Library),
            ("FAULT_DIR", _folder["repo"]),
            ("FAULT_OPS", call),
            ("FAULT_N", nth.ToString(CultureInfo.InvariantCulture)),
            ("FAULT_ACT", fault),
            ("FAULT_LOG", _folder["log"]));
        return (answer, File.Exists(_folder["log"]) ? File.ReadAllLines(_folder["log"]) : []);
    }

    /// <summary>The preloaded library, compiled once.</summary>
    public sealed class Shim : IDisposable
    {
        private readonly TempFolder _folder = new();

        public Shim()
        {
            if (!OperatingSystem.IsLinux() || SystemCallProbe.FindProgram("cc") is not string compiler)
            {
                Absent = "needs Linux and a C compiler";
            }
            else if (SharedMaterial.Root is null)
            {
                Absent = SharedMaterial.Absent;
            }
            else
            {
                using Process process = Process.Start(
                    compiler, ["-shared", "-fPIC", "-O1", "-w", "-o", _folder["faultfs.so"], SharedMaterial.PathOf("tools", "faultfs.c"), "-ldl"]);
                process.WaitForExit();
                Library = process.ExitCode == 0 ? _folder["faultfs.so"] : throw new InvalidOperationException("The shim does not compile.");
            }
        }

        public string? Library { get; }

        public string Absent { get; } = "";

        public void Dispose() => _folder.Dispose();
    }
}
