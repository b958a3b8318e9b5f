using Sots.Restic.Snapshots;

namespace Sots.Backup.Tests.Restoring;

/// <summary>Somebody who can write into the target swaps folders for links while a restore is at work in them.</summary>
public sealed class SwapRaceTests : IDisposable
{
    private const int Folders = 12, Files = 12, Rounds = 8;

    private readonly RestoreFixture _all = new();

    public void Dispose() => _all.Dispose();

    [Fact]
    public async Task A_folder_that_is_swapped_for_a_link_while_it_is_restored_leads_nowhere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs handles that follow no link");
        for (int folder = 0; folder < Folders; folder++)
        {
            for (int file = 0; file < Files; file++)
            {
                _all.WriteSource($"d{folder}/in/f{file}", (ulong)((folder * Files) + file + 1), 3000);
            }
        }

        Snapshot snapshot = await _all.BackUpAsync();
        string outside = _all["outside"];
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "f0"), "precious");
        long swaps = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using CancellationTokenSource restored = new();
            Thread swapper = new(() => swaps += SwapUntil(outside, restored.Token));
            swapper.Start();
            try
            {
                await _all.RestoreAsync(snapshot, options => options with { Delete = round % 2 == 1, Verify = true });
            }
            catch (Sots.Backup.Restoring.TargetException)
            {
                // It may be given up; it may not lead out.
            }

            await restored.CancelAsync();
            swapper.Join();
            Assert.Equal(["f0"], Directory.EnumerateFileSystemEntries(outside).Select(Path.GetFileName));
            Assert.Equal("precious", File.ReadAllText(Path.Combine(outside, "f0")));
        }

        Assert.True(swaps > Rounds, "nothing was swapped");
    }

    /// <summary>
    /// Puts links to the outside in place of folders and of their folders, and the folders back. It goes by path, but has nothing to do outside:
    /// there is no folder called "in".
    /// </summary>
    private long SwapUntil(string outside, CancellationToken stop)
    {
        long swaps = 0;
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            string folder = Path.Combine(_all.Target, $"d{i % Folders}");
            string place = i / Folders % 2 == 0 ? folder : Path.Combine(folder, "in");
            try
            {
                Directory.Move(place, place + ".away");
                File.CreateSymbolicLink(place, outside);
                swaps++;
                if (i % 3 != 0)
                {
                    File.Delete(place);
                    Directory.Move(place + ".away", place);
                }
                else
                {
                    Directory.Delete(place + ".away", recursive: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Not there yet, or the restore was quicker.
            }
        }

        return swaps;
    }
}
