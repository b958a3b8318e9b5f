using System.CommandLine;
using Sots.Backup;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Cli.Assets;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Unreal;
using Sots.Unreal.Health;

namespace Sots.Cli.Commands;

/// <summary><c>verify-assets</c>: whether the packages of a folder, a snapshot or a restored tree are as the editor saved them.</summary>
internal static class VerifyAssetsCommand
{
    private const int Shown = 100, MostSearched = 2_000;

    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string?> target = new("target")
        {
            Description = "A folder or file on the disk; or a snapshot: latest, or the start of an id, with :PATH behind it for a part (default: the project)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        ProjectOptions projectOptions = new();
        VerbCommand command = new("verify-assets", "Are the assets whole? Examines the packages of the project, of a folder or of a snapshot.", ExitCode.OfSaving) { target };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            ProjectFlags flags = projectOptions.Read(parse);
            string? typed = parse.GetValue(target);
            ProjectSettings? project = RepositorySettings.FindNamed(run.Global, run.Environment) is null || typed is null || flags != new ProjectFlags() ? ProjectSettings.Find(run, flags) : null;
            return typed is not null && !IsOnDisk(typed, run)
                ? await SnapshotAsync(run, SnapshotWord.Parse(typed), project, flags, cancellationToken).ConfigureAwait(false)
                : await FolderAsync(run, typed is null ? (project ?? ProjectSettings.Get(run, flags)).Root.Value : run.Environment.FullPath(typed), project, flags, cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    /// <summary>A name that a snapshot could have is one, unless it is written as a path.</summary>
    private static bool IsOnDisk(string typed, CommandRun run)
    {
        string word = typed.Split(':')[0];
        bool maySnapshot = word == SnapshotSelection.Latest || (word.Length is > 0 and <= ContentId.HexLength && word.All(char.IsAsciiHexDigit) && !(word.Length == 1 && typed.Length > 1 && Path.IsPathRooted(typed)));
        return maySnapshot ? false
            : Path.Exists(run.Environment.FullPath(typed)) ? true
            : throw new UsageException($"'{typed}' is no folder, no file and no snapshot", "Name a folder such as ./Content, or a snapshot such as latest; `sots_backup snapshots` lists them.");
    }

    private static async Task<int> FolderAsync(CommandRun run, string folder, ProjectSettings? project, ProjectFlags flags, CancellationToken cancellationToken)
    {
        bool ofProject = project is not null && RepositorySetup.IsAtOrBelow(folder, project.Root.Value);
        ExcludeRules excludes = ofProject ? project!.Excludes.ToRules(project.Root.Value, run.Environment.Variable, cancellationToken)
            : Directory.Exists(folder) ? UnrealExcludes.Discover(folder, preset: null, cancellationToken)
            : ExcludeRules.None;
        OperationCounters counters = new();
        FolderHealth health = new(excludes, counters, run.Reporter);
        HealthTally tally = new();
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Backup, counters);
        await using (display.ConfigureAwait(false))
        {
            try
            {
                await health.ExamineAsync(DiskPath.FromText(folder), tally, cancellationToken).ConfigureAwait(false);
            }
            catch (SourceException e)
            {
                throw new UsageException($"{folder} cannot be looked at: {e.Message}");
            }
        }

        string above = !ofProject ? "" : Path.GetRelativePath(project!.Root.Value, Directory.Exists(folder) ? folder : Path.GetDirectoryName(folder)!).Replace(Path.DirectorySeparatorChar, '/') + "/";
        DamagedAsset[] damaged = [.. tally.Noted.Select(noted => DamagedAsset.Of(noted, (above == "./" ? "" : above) + noted.Path))];
        if (ofProject && damaged.Length > 0)
        {
            damaged = await WithHistoryAsync(run, project!, flags, damaged, cancellationToken).ConfigureAwait(false);
        }

        return Finish(run, tally, damaged, health.Problems, folder, snapshot: null);
    }

    private static async Task<int> SnapshotAsync(CommandRun run, SnapshotWord word, ProjectSettings? project, ProjectFlags flags, CancellationToken cancellationToken)
    {
        RepositorySession session = await RepositorySession.OpenAsync(run, project?.Repository ?? RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await session.RunAsync(async token =>
            {
                SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                SavedSnapshot saved = word.Word == SnapshotSelection.Latest && project is not null
                    ? SafetySnapshots.NewestBackup(listing, project)
                    : word.Find(listing, new SnapshotFilter(), "failed to find snapshot: ");
                bool stale = word.MayBeStale(listing, saved, run);
                AssetPlace place = project is not null && saved.Snapshot.Paths is [var path] && SnapshotPath.IsSame(path, project.Root.Value)
                    ? new ProjectPlace(run, project, flags) : new FolderPlace(run);
                string part = word.Subpath.Length == 0 || word.Subpath.StartsWith('/') || project is null
                    ? word.Subpath : $"{InPlaceAction.Part(saved).Subpath}/{word.Subpath.Replace('\\', '/')}";
                IndexedRepository indexed = await session.LoadIndexForAsync(run, saved, token).ConfigureAwait(false);
                OperationCounters counters = new();
                SnapshotHealth health = new(indexed, counters, run.Reporter);
                HealthTally tally = new();
                IAsyncDisposable display = run.Reporter.Track(ProgressKind.Backup, counters);
                await using (display.ConfigureAwait(false))
                {
                    await health.ExamineAsync(saved.Snapshot, part, tally, token).ConfigureAwait(false);
                }

                DamagedAsset[] damaged = [.. tally.Noted.Select(noted => DamagedAsset.Of(noted, place.Shown(noted.Path)))];
                damaged = await WithOriginsAsync(new DamageSearch(indexed, UpTo(place.Parts(listing), saved)), place, damaged, token).ConfigureAwait(false);
                if (project is not null && part.Length == 0 && place.KnownDamageFile is { } file && SafetySnapshots.NewestBackup(listing, project) == saved)
                {
                    new KnownDamage(saved.Snapshot.Tree, health.NewestVersion, damaged).Save(file);
                }

                string where = $"snapshot {saved.Id.Value.ToShortString()} of {Times.Local(saved.Snapshot.Time, run.Environment.Clock.LocalTimeZone)}{(part.Length > 0 ? ", " + part : "")}";
                return Finish(run, tally, damaged, health.Problems + (stale ? 1 : 0), where, saved.Id.ToString());
            }).ConfigureAwait(false);
        }
    }

    /// <summary>The snapshots from this one backwards.</summary>
    private static IReadOnlyList<SnapshotPart> UpTo(IReadOnlyList<SnapshotPart> newestFirst, SavedSnapshot saved) => [.. newestFirst.SkipWhile(part => part.Saved != saved)];

    /// <summary>For a folder of the project: what the snapshots know. Where there are none, or they cannot be read, that is no reason to fail.</summary>
    private static async Task<DamagedAsset[]> WithHistoryAsync(CommandRun run, ProjectSettings project, ProjectFlags flags, DamagedAsset[] damaged, CancellationToken cancellationToken)
    {
        try
        {
            RepositorySession session = await RepositorySession.OpenAsync(run, project.Repository, RepositoryUse.Unlocked, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                ProjectPlace place = new(run, project, flags);
                SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
                IndexedRepository indexed = await session.LoadIndexAsync(run, cancellationToken).ConfigureAwait(false);
                return await WithOriginsAsync(new DamageSearch(indexed, place.Parts(listing)), place, damaged, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (RepositoryException e)
        {
            run.Reporter.Message($"the backup was not asked for whole versions: {e.Message}");
            return damaged;
        }
    }

    private static async Task<DamagedAsset[]> WithOriginsAsync(DamageSearch search, AssetPlace place, DamagedAsset[] damaged, CancellationToken cancellationToken)
    {
        List<DamagedAsset> known = [];
        foreach (DamagedAsset asset in damaged)
        {
            known.Add(known.Count < MostSearched ? await AssetWatch.WithOriginAsync(search, place, asset, cancellationToken).ConfigureAwait(false) : asset);
        }

        return [.. known];
    }

    private static int Finish(CommandRun run, HealthTally tally, DamagedAsset[] damaged, long problems, string where, string? snapshot)
    {
        if (damaged.Length > 0)
        {
            string rest = run.Journal?.LogPath is { } log ? ", all in " + log : "";
            run.Reporter.DamagedAssets(new AssetDamageReport(
                damaged, "damaged:", Math.Max(0, tally.Damaged - HealthTally.MostKept), rest, run.Environment.Clock.LocalTimeZone, Shown));
        }

        run.Reporter.Report(new AssetCheckReport(where, snapshot, tally, problems));
        return problems > 0
            ? run.Finish(problems, ExitCode.Failed, "Fatal: not everything could be examined, see above")
            : run.Finish(tally.Damaged, ExitCode.Incomplete, ErrorReport.DamagedAssets(tally.Damaged));
    }
}
