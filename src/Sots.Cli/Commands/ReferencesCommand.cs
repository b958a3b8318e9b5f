using System.CommandLine;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Cli.Assets;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Unreal.References;

namespace Sots.Cli.Commands;

/// <summary><c>references</c>: packages that need others which are not there.</summary>
internal static class ReferencesCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> places = new("snapshotID/folder")
        {
            Description = "What to look into (default: the project as it is now, compared with its newest snapshot). Of two, the second is compared with the first",
            Arity = new ArgumentArity(0, 2),
        };
        ProjectOptions projectOptions = new();
        VerbCommand command = new("references", "Which assets need something that is gone? And which were moved outside the editor?", ExitCode.OfSaving) { places };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string[] words = parse.GetValue(places) ?? [];
            LookedAtChoice choice = await LookedAtChoice.OpenAsync(run, projectOptions.Read(parse), words.Any(LookedAtChoice.IsSnapshot), cancellationToken).ConfigureAwait(false);
            await using (choice.ConfigureAwait(false))
            {
                LookedAt after = await choice.GetAsync(words.Length > 0 ? words[^1] : null, cancellationToken).ConfigureAwait(false);
                LookedAt? before = words.Length == 2 ? await choice.GetAsync(words[0], cancellationToken).ConfigureAwait(false)
                    : await choice.FindBeforeAsync(after, cancellationToken).ConfigureAwait(false);
                if (after.Tree.Content.Packages.Count == 0)
                {
                    throw new UsageException($"there are no packages of Unreal in {after.Name}", "They lie in a folder called Content. Name the project, a folder that holds one, or a snapshot.");
                }

                (ReferenceFindings now, ReferenceFindings? then) = await CheckAsync(run, after, before, cancellationToken).ConfigureAwait(false);
                choice.Facts?.Save();
                IReadOnlyList<MissingPackage> fresh = then is null ? now.Missing : now.NewSince(then);
                ReferencesReport report = new(after, before, now, fresh)
                {
                    Restoring = new RestoreLine(run),
                    Last = await FindLastAsync(choice, after, now.Missing, cancellationToken).ConfigureAwait(false),
                    Zone = run.Environment.Clock.LocalTimeZone,
                };
                run.Reporter.Report(report);
                return run.Finish(
                    now.Missing.Count + now.Moved.Count, ExitCode.Incomplete,
                    $"Warning: {AssetNames.Count(now.Missing.Count, "package")} missing that others need, {AssetNames.Count(now.Moved.Count, "package")} moved outside the editor");
            }
        }));
        return command;
    }

    private static async Task<(ReferenceFindings Now, ReferenceFindings? Then)> CheckAsync(CommandRun run, LookedAt after, LookedAt? before, CancellationToken cancellationToken)
    {
        OperationCounters counters = new();
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Assets, counters);
        await using (display.ConfigureAwait(false))
        {
            ReferenceFindings now = await ReferenceCheck.RunAsync(after.Tree, counters, cancellationToken).ConfigureAwait(false);
            return (now, before is null ? null : await ReferenceCheck.RunAsync(before.Tree, counters, cancellationToken).ConfigureAwait(false));
        }
    }

    private static async Task<IReadOnlyDictionary<string, SavedSnapshot>> FindLastAsync(
        LookedAtChoice choice, LookedAt after, IReadOnlyList<MissingPackage> missing, CancellationToken cancellationToken)
    {
        Dictionary<string, SavedSnapshot> last = new(StringComparer.OrdinalIgnoreCase);
        if (missing.Count == 0 || choice.Search is null || (after.Folder is not null && choice.Project is null) || choice.Listing!.Snapshots.Count == 0)
        {
            return last;
        }

        List<SnapshotPart> parts;
        try
        {
            parts = await choice.Search.PartsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.InvalidRequest)
        {
            return last;
        }

        LastVersions versions = new(choice.Search.Memory, parts);
        foreach (MissingPackage one in missing)
        {
            if (await versions.FindAsync(one, cancellationToken).ConfigureAwait(false) is { } saved)
            {
                last[one.Name] = saved;
            }
        }

        return last;
    }
}
