using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Sots.Backup.Operations;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>Memory does not grow with the project.</summary>
public sealed class ScaleTests : IDisposable
{
    private const string FolderVariable = "SOTS_TEST_SCALE_FOLDER";
    private const int SmallFiles = 20_000;
    private const long MiB = 1 << 20, SparseLength = 8L << 30, RandomLength = 1L << 30, MostMemory = 400_000_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Many_files_a_long_hole_and_a_gigabyte_of_noise_take_little_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs sparse files and a peak of memory that the system counts");
        Assert.SkipUnless(new DriveInfo(_folder.Path).AvailableFreeSpace > 4 * RandomLength, "needs 4 GiB of free disk");
        MakeFiles();
        (await Engine.CreateAsync(_folder["repository"])).Dispose();
        foreach (string run in new[] { "first", "second" })
        {
            Stopwatch time = Stopwatch.StartNew();
            ResticRun child = ChildProcess.Run($"{GetType().FullName}.{nameof(In_a_process_that_is_measured)}", (FolderVariable, _folder.Path));
            Assert.True(child.ExitCode == 0, child.Output + child.Errors);
            long peak = long.Parse(await File.ReadAllTextAsync(_folder["peak"]), CultureInfo.InvariantCulture);
            TestContext.Current.TestOutputHelper?.WriteLine($"{run}: peak {peak / MiB} MiB, {time.Elapsed.TotalSeconds:F1} s");
            Assert.InRange(peak, MiB, MostMemory);
        }

        Assert.InRange(Engine.SizeOf(_folder["repository"]), RandomLength, RandomLength + (64 * MiB));
    }

    [Fact(Explicit = true)]
    public async Task In_a_process_that_is_measured()
    {
        string folder = ChildProcess.Given(FolderVariable);
        using Engine engine = new(Path.Combine(folder, "repository"));
        BackupResult result = await engine.BackupAsync(folder, "tree");
        Assert.Equal((ulong)SmallFiles + 2, result.Summary.TotalFilesProcessed);
        Assert.Equal((ulong)(SparseLength + RandomLength + (SmallFiles * 100)), result.Summary.TotalBytesProcessed);
        using Process self = Process.GetCurrentProcess();
        await File.WriteAllTextAsync(Path.Combine(folder, "peak"), self.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
    }

    private void MakeFiles()
    {
        byte[] small = new byte[100];
        for (int i = 0; i < SmallFiles; i++)
        {
            if (i % 200 == 0)
            {
                Directory.CreateDirectory(_folder["tree", $"{i / 200}"]);
            }

            RandomNumberGenerator.Fill(small);
            File.WriteAllBytes(_folder["tree", $"{i / 200}", $"{i}.uasset"], small);
        }

        using (FileStream sparse = File.Create(_folder["tree", "sparse"]))
        {
            sparse.SetLength(SparseLength);
        }

        using FileStream random = File.Create(_folder["tree", "random"]);
        byte[] part = new byte[4 * MiB];
        for (long written = 0; written < RandomLength; written += part.Length)
        {
            RandomNumberGenerator.Fill(part);
            random.Write(part);
        }
    }
}
