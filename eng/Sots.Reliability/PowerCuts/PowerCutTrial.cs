using System.Globalization;
using Sots.Reliability.Processes;

namespace Sots.Reliability.PowerCuts;

/// <summary>
/// Real power failures: the backup lies on a small file system of its own, which is cut off from its disk at a random moment of a command.
/// Whatever was not handed over by then is gone. After it is mounted again everything that was reported as saved is whole.
/// </summary>
internal sealed class PowerCutTrial : Trial
{
    private const int Full = 140;
    private static readonly string[] Systems = ["ext4", "xfs"];

    /// <inheritdoc/>
    public override string Name => "power";

    /// <inheritdoc/>
    public override string About => "cuts real file systems (ext4, xfs) off from their disks in the middle of full, push, forget-prune and restore";

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) => settings.Program is null ? "no published program was named" : SmallDisk.WhyNoCuts();

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        int each = settings.Count(Full / 2, atLeast: 2);
        foreach (string system in Systems)
        {
            string place = Path.Combine(settings.Work, system);
            Directory.CreateDirectory(place);
            using SmallDisk disk = SmallDisk.OnImage(Path.Combine(place, "disk"), Path.Combine(place, "image"), system, 400L << 20);
            PowerCutRun run = new(settings, result, system, place, disk);
            await run.PrepareAsync();
            for (int cut = 1; cut <= each; cut++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                run.Next();
                if (cut % 10 == 0)
                {
                    settings.Progress(string.Create(CultureInfo.InvariantCulture, $"{system}: {cut} of {each} power cuts"));
                }
            }
        }
    }
}
