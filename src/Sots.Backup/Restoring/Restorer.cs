using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Backup.Restoring;

/// <summary>
/// Carries a restore out: plan; make directories; compare what is there; fetch what differs; further names, links and devices; remove the
/// surplus; metadata of directories, deepest first; read everything again where that was asked for.
/// </summary>
internal sealed class Restorer(
    IndexedRepository repository, Snapshot snapshot, RestoreOptions options, OperationCounters counters, IOperationEvents events)
{
    private readonly RestoreTally _tally = new(counters, events);

    public async Task<RestoreResult> RunAsync(CancellationToken cancellationToken)
    {
        byte[]? repositoryPath = RestoreGuards.Check(options, repository.Repository.Backend.Location);
        (IndexedRepository source, RestorePlan plan) = await PlanAsync(repositoryPath, cancellationToken).ConfigureAwait(false);
        _tally.Plan(plan);
        if (plan.IsEmpty && !options.Filter.TakesEverything)
        {
            events.Message("nothing in the snapshot matches what was asked for; `ls` shows what it holds");
        }

        DiskPath target = DiskPaths.Clean(options.Target);
        TargetDirectory? root = OpenTarget(target);
        using DirectoryHandles handles = new(root, target, create: !options.DryRun, options.ReplaceWhole ? options.Filter : null);
        RestoreRun run = new(source, options, _tally, handles);
        DirectoryRestoring directories = new(run);
        directories.Make(plan.Directories, cancellationToken);
        await RestoreFilesAsync(run, plan, cancellationToken).ConfigureAwait(false);
        new SpecialRestoring(run).Run(plan.Specials, cancellationToken);
        directories.Finish(plan.Directories, cancellationToken);
        Flush(root);
        if (options.Verify && !options.DryRun)
        {
            await new RestoreVerification(run).RunAsync(plan, cancellationToken).ConfigureAwait(false);
        }

        await new OtherVersions(source, snapshot, options, _tally, events).TellAsync(cancellationToken).ConfigureAwait(false);
        return _tally.ToResult();
    }

    /// <summary>
    /// Plans. Where the index lacks something that the snapshot needs, the packs are asked what is in them before anything is given up: an
    /// index file may be gone.
    /// </summary>
    private async Task<(IndexedRepository Source, RestorePlan Plan)> PlanAsync(byte[]? repositoryPath, CancellationToken cancellationToken)
    {
        (RestorePlan? plan, List<(string Path, string Message)> problems, List<string> lost, RepositoryException? failure) =
            await TryPlanAsync(repository, repositoryPath, cancellationToken).ConfigureAwait(false);
        IndexedRepository source = repository;
        if (failure is not null || plan is null)
        {
            events.Message("the index lacks what this snapshot needs: asking all packs what is in them");
            source = await repository.Repository.LoadIndexFromPacksAsync(cancellationToken).ConfigureAwait(false);
            (plan, problems, lost, failure) = await TryPlanAsync(source, repositoryPath, cancellationToken, isLast: true).ConfigureAwait(false);
            if (source.Index.Count > repository.Index.Count)
            {
                events.Message("packs have what no index file names: `repair index` puts that right");
            }
        }

        if (plan is null)
        {
            throw failure!;
        }

        foreach ((string path, string message) in problems)
        {
            _tally.Problem(path, message);
        }

        foreach (string path in lost)
        {
            _tally.AddLost(path);
        }

        return (source, plan);
    }

    /// <summary>Plans with an index; no plan where it lacks something, unless there is no better index to be had.</summary>
    private async Task<(RestorePlan? Plan, List<(string Path, string Message)> Problems, List<string> Lost, RepositoryException? Failure)> TryPlanAsync(
        IndexedRepository source, byte[]? repositoryPath, CancellationToken cancellationToken, bool isLast = false)
    {
        List<(string Path, string Message)> problems = [];
        List<string> lost = [];
        RestorePlanner planner = new(source, options, PathRules.Current, repositoryPath, (path, message) => problems.Add((path, message)), lost.Add);
        try
        {
            RestorePlan plan = await planner.PlanAsync(snapshot, cancellationToken).ConfigureAwait(false);
            return (planner.MissesContent && !isLast ? null : plan, problems, lost, null);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
        {
            return (null, problems, lost, e);
        }
    }

    private static async Task RestoreFilesAsync(RestoreRun run, RestorePlan plan, CancellationToken cancellationToken)
    {
        FileRestoring files = new(run);
        LinkRestoring linking = new(run);
        await files.RunAsync(plan.Files, cancellationToken).ConfigureAwait(false);
        List<PlannedLink> links = plan.Links;
        while (links.Count > 0)
        {
            List<PlannedFile> alone = linking.Run(links, cancellationToken);
            links = LinkRestoring.WithoutFirst(links, alone, out List<PlannedFile> first);
            foreach (PlannedFile file in first)
            {
                run.Tally.CountsContent(file);
            }

            await files.RunAsync(first, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What is said to be restored is on the disk. Files that replace others were flushed one by one before; all the rest at once here,
    /// because a flush for each of 100,000 files would take longer than everything else.
    /// </summary>
    private void Flush(TargetDirectory? root)
    {
        try
        {
            if (!options.DryRun)
            {
                root?.FlushFileSystem();
            }
        }
        catch (TargetException e)
        {
            _tally.Problem(root!.Path, $"the disk did not take everything that was restored: {e.Message}");
        }
    }

    private TargetDirectory? OpenTarget(DiskPath target)
    {
        try
        {
            return options.FileSystem.OpenRoot(target, create: !options.DryRun);
        }
        catch (TargetException e) when (options.DryRun && e.Kind == TargetErrorKind.Missing)
        {
            return null;
        }
        catch (TargetException e)
        {
            throw new RepositoryException(
                e.Kind == TargetErrorKind.Full ? RepositoryErrorKind.StorageFull : RepositoryErrorKind.InvalidRequest,
                $"The target cannot be used: {e.Message}", "Name a folder, or a path where one can be made.", e);
        }
    }
}
