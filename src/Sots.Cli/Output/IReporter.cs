using Sots.Backup.Alarms;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Retention;
using Sots.Cli.Assets;
using Sots.Cli.Configuration;
using Sots.Cli.EditorTask;
using Sots.Cli.Runs;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Trees;

namespace Sots.Cli.Output;

/// <summary>Which counters a progress display shows.</summary>
internal enum ProgressKind
{
    /// <summary>Files and bytes saved.</summary>
    Backup,

    /// <summary>Files and bytes written.</summary>
    Restore,

    /// <summary>Packs read.</summary>
    Check,

    /// <summary>Assets looked into.</summary>
    Assets,
}

/// <summary>
/// Tells people or programs what a command does and found. One implementation writes restic's text, the other restic's JSON; no
/// command knows which it has. Thread safe; never throws for what it is given.
/// </summary>
internal interface IReporter : IOperationEvents
{
    /// <summary>Something that did not stop the command, but that must be seen: on the error stream, even when quiet.</summary>
    void Warning(string text);

    /// <summary>Shows running totals until disposed.</summary>
    IAsyncDisposable Track(ProgressKind kind, OperationCounters counters);

    /// <summary>A repository was made.</summary>
    void Initialized(string repositoryId, string location, bool remind = true);

    /// <summary>A backup is over.</summary>
    void BackupSummary(BackupResult result, bool dryRun, TimeSpan duration);

    /// <summary>The backup of a project is over.</summary>
    void ProjectSummary(ProjectSummary summary);

    /// <summary>Something is suspicious, although it went through. Seen even when quiet.</summary>
    void Alarm(Alarm alarm);

    /// <summary>Packages are damaged. Seen even when quiet where that is news.</summary>
    void DamagedAssets(AssetDamageReport report);

    /// <summary>A restore begins.</summary>
    void RestoreStarts(SavedSnapshot snapshot, string target);

    /// <summary>A restore is over.</summary>
    void RestoreSummary(RestoreResult result, TimeSpan duration);

    /// <summary>A check is over.</summary>
    void CheckSummary(CheckReport report);

    /// <summary>The snapshots of a repository.</summary>
    void Snapshots(IReadOnlyList<SnapshotGroup> groups, bool compact);

    /// <summary>A listing begins.</summary>
    void ListingStarts(SavedSnapshot snapshot, IReadOnlyList<string> folders);

    /// <summary>One entry of a listing.</summary>
    /// <param name="path">Full path in the snapshot.</param>
    /// <param name="node">The entry.</param>
    /// <param name="style">How much of it to print; JSON always has all.</param>
    void ListingEntry(string path, Node node, ListingStyle style);

    /// <summary>One entry that differs between two snapshots.</summary>
    /// <param name="path">Full path, of a folder with "/" at its end.</param>
    /// <param name="modifier">restic's letters for what happened.</param>
    void Difference(string path, string modifier);

    /// <summary>A comparison of two snapshots is over. Seen even when quiet.</summary>
    /// <param name="before">The first, as it was typed.</param>
    /// <param name="after">The second, as it was typed.</param>
    /// <param name="statistics">How much differs.</param>
    void DifferenceSummary(string before, string after, DifferenceStatistics statistics);

    /// <summary>What was found in one snapshot; called once for each in which anything was.</summary>
    void Found(FindResult result);

    /// <summary>A search is over.</summary>
    /// <param name="packs">Lines about the packs of blobs that were looked for; after restic's example they are text in JSON too.</param>
    void FindFinished(IReadOnlyList<string> packs);

    /// <summary>What a policy keeps and removes.</summary>
    void Forgetting(ForgetPlan plan, bool compact);

    /// <summary>What a prune will do.</summary>
    void PrunePlanned(PruneStatistics statistics, bool dryRun);

    /// <summary>A prune is over.</summary>
    void PruneFinished(PruneStatistics statistics);

    /// <summary>A snapshot got other tags, and with them another id.</summary>
    void SnapshotChanged(SnapshotId old, SnapshotId replacement);

    /// <summary>Tags are set.</summary>
    void TagSummary(int changedSnapshots);

    /// <summary>Locks were removed.</summary>
    void Unlocked(int count);

    /// <summary>Recorded runs, oldest first.</summary>
    void Runs(IReadOnlyList<RunRecord> runs);

    /// <summary>All that is known of one run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">Folder of the logs.</param>
    void RunDetails(RunRecord run, string folder);

    /// <summary>How things stand with a project's backup.</summary>
    void Status(ProjectStatus status);

    /// <summary>Everything that is in force for a project.</summary>
    void Config(ConfigReport report);

    /// <summary>A line of a child process, which has been shown already: only a log keeps it.</summary>
    void ChildLine(string line, bool isError)
    {
    }

    /// <summary>Tasks were put into an editor's file.</summary>
    void EditorTasks(TaskMerge merge) => Message(merge.ToText());

    /// <summary>Which program this is.</summary>
    void Version(ProgramVersion version);

    /// <summary>What a command found out.</summary>
    void Report(IReport report);

    /// <summary>The command failed, or ended with a warning code. Always the last thing reported.</summary>
    void Failure(string message, int exitCode);
}

/// <summary>How a listing prints an entry.</summary>
/// <param name="Long">With mode, owner, size and time.</param>
/// <param name="HumanReadable">Sizes with units.</param>
internal readonly record struct ListingStyle(bool Long, bool HumanReadable);
