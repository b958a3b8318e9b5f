using Sots.Reliability.Processes;

namespace Sots.Reliability.FullDisks;

/// <summary>
/// The disk is full: of the repository, of a restore, of the logs, of temporary files, by bytes and by inodes, in memory and on ext4, and
/// on a disk that takes every write and fails at the flush. Each time the message says so, nothing half is to be seen, and when there is
/// room again the same command completes.
/// </summary>
internal sealed class FullDiskTrial : Trial
{
    /// <inheritdoc/>
    public override string Name => "full-disk";

    /// <inheritdoc/>
    public override string About => "fills small file systems at every stage of full, push, forget-prune and restore";

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) =>
        settings.Program is null ? "no published program was named" : SmallDisk.WhyNot() ?? (Executable.Find("mkfs.ext4") is null ? "mkfs.ext4 is needed" : null);

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        FullDiskRun run = new(settings, result);
        run.FirstFull(settings.Count(32, atLeast: 2));
        settings.Progress($"{result[FullDiskRun.Sizes]} sizes");
        run.FirstFullByInodes(settings.Count(10));
        await run.PushAndPruneAsync(settings.Count(12));
        settings.Progress($"{result[FullDiskRun.Sizes]} sizes");
        await run.RestoreAsync(settings.Count(12));
        await run.LogsAndTemporaryFilesAsync();
        await run.OnExt4Async(settings.Count(8));
        await run.FailingAtTheFlushAsync(settings.Count(6));
        settings.Progress($"{result[FullDiskRun.Sizes]} sizes");
    }
}
