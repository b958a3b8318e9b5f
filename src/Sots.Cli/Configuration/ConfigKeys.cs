using Sots.Backup.Retention;
using Sots.Restic.Writing;

namespace Sots.Cli.Configuration;

/// <summary>
/// Every key of the config, once. Parser, JSON schema, `config show`, the file that `init` writes and docs/config.md are all made from this
/// table.
/// </summary>
internal static class ConfigKeys
{
    private const string All = "all commands", Saving = "full, push", Writing = "what writes to the repository", Forgetting = "forget-prune",
        AfterSaving = "full, push", NotSet = "not set";

    private const long MiB = 1 << 20, TiB = 1L << 40;
    private const int Many = 1_000_000;

    public static readonly ConfigKey<string> ProjectRoot = new("project_root", ConfigTypes.Path, "",
        "Folder of the Unreal project", All, "the project you are in", ".");

    public static readonly ConfigKey<string> BackupRoot = new("backup_root", ConfigTypes.Path, "",
        "Folder that holds everything that belongs to the backup, best on another drive", All, "`<project>_Backup` beside the project", "../MyGame_Backup");

    public static readonly ConfigKey<string> Repository = new("repository", ConfigTypes.Path, "",
        "Folder of the repository", All, "`repo` in backup_root", "../MyGame_Backup/repo");

    public static readonly ConfigKey<string> PasswordFile = new("password_file", ConfigTypes.Path, "",
        "File that holds the password", All, "`.restic_pass.txt` in backup_root", "../MyGame_Backup/.restic_pass.txt");

    public static readonly ConfigKey<string> PasswordCommand = new("password_command", ConfigTypes.Text, "",
        "Program that prints the password, in place of password_file; started without a shell", All, NotSet, "pass show backup");

    public static readonly ConfigKey<IReadOnlyList<string>> Tags = new("tags", new ListType(ConfigTypes.Tag), [],
        "More tags for each snapshot, beside full or push", Saving);

    public static readonly ConfigKey<IReadOnlyList<string>> Exclude = new("exclude", new ListType(ConfigTypes.ListedPattern), [],
        "Leave out what matches, as restic's --exclude does", Saving);

    public static readonly ConfigKey<IReadOnlyList<string>> ExcludeIgnoringCase = new("iexclude", new ListType(ConfigTypes.ListedPattern), [],
        "The same without regard to upper and lower case", Saving);

    public static readonly ConfigKey<IReadOnlyList<string>> ExcludeFiles = new("exclude_files", new ListType(ConfigTypes.Path), [],
        "Files with more such patterns, one a line", Saving);

    public static readonly ConfigKey<IReadOnlyList<string>> Include = new("include", new ListType(ConfigTypes.Pattern), [],
        "Save what the Unreal preset would leave out; a pattern with a / starts at the project's folder", Saving);

    public static readonly ConfigKey<CompressionMode> Compression = new("compression", ConfigTypes.Compression, CompressionMode.Auto,
        "How hard new data is compressed", Writing);

    public static readonly ConfigKey<long?> PackSize = new("pack_size", ConfigTypes.Size(4 * MiB, 128 * MiB), WriteOptions.DefaultPackSizeBytes,
        "Size of the files that new data is collected in", Writing);

    public static readonly ConfigKey<int> ReadConcurrency = new("read_concurrency", new NumberType(1, 64), 2,
        "Files that are read at once", "full, push, backup");

    public static readonly ConfigKey<long?> VerifyWritten = new("verify_written", ConfigTypes.Size(0, TiB), 32 * MiB,
        "Read back so much of what was just written at most, and compare it with the project; 0 reads nothing back", Saving);

    public static readonly ConfigKey<TimeSpan> WaitQuiet = new("wait_quiet", ConfigTypes.Wait, TimeSpan.Zero,
        "First wait until nothing under Content has changed for so long; 0 does not wait", Saving);

    public static readonly ConfigKey<TimeSpan> WaitQuietLimit = new("wait_quiet_limit", ConfigTypes.Wait, TimeSpan.FromMinutes(5),
        "Wait for that at most so long, then save all the same", Saving);

    public static readonly ConfigKey<bool> LowPriority = new("low_priority", ConfigTypes.Flag, false,
        "Let other programs go first, at the processor and at the disk; a restore is never slowed", "what writes to the repository, check");

    public static readonly ConfigKey<string> ResticProgram = new("restic_program", ConfigTypes.Program, "",
        "The real restic: a path, or a name to look for on PATH", "restic", "restic on PATH", "restic");

    public static readonly ConfigKey<string> LogFolder = new("logs.folder", ConfigTypes.Path, "",
        "Folder of the logs", All, "`logs` in backup_root", "../MyGame_Backup/logs");

    public static readonly ConfigKey<int> LogRuns = new("logs.keep_runs", new NumberType(1, Many), 200,
        "Logs of so many runs are kept", All);

    public static readonly ConfigKey<int> LogDays = new("logs.keep_days", new NumberType(1, 36_500), 180,
        "Logs older than so many days are removed", All);

    public static readonly ConfigKey<long?> LogSize = new("logs.max_total_size", ConfigTypes.Size(MiB, TiB), 500 * MiB,
        "The oldest logs are removed while all together are larger than this", All);

    public static readonly ConfigKey<bool> PresetEnabled = new("unreal_preset.enabled", ConfigTypes.Flag, true,
        "Leave out what Unreal can make again; false saves everything", Saving);

    public static readonly ConfigKey<bool> KeepBinaries = Preset("keep_binaries", false, "Save Binaries also where their source is there");
    public static readonly ConfigKey<bool> KeepIntermediate = Preset("keep_intermediate", false, "Save Intermediate");
    public static readonly ConfigKey<bool> KeepDerivedData = Preset("keep_derived_data", false, "Save DerivedDataCache, which is often larger than the project");
    public static readonly ConfigKey<bool> KeepCooked = Preset("keep_cooked", false, "Save Saved/Cooked and Saved/StagedBuilds");
    public static readonly ConfigKey<bool> KeepLogs = Preset("keep_logs", false, "Save Saved/Logs, Crashes, Profiling and MemReports");
    public static readonly ConfigKey<bool> KeepEditorCaches = Preset("keep_editor_caches", false, "Save also the caches of Visual Studio, Rider and VS Code, and what .vs and .idea hold beside them; run configurations of Rider and settings of VS Code are always saved");
    public static readonly ConfigKey<bool> KeepAutosaves = Preset("keep_autosaves", true, "Save Saved/Autosaves and Saved/Backup, the newest work there is");
    public static readonly ConfigKey<bool> KeepUserOutputs = Preset("keep_user_outputs", true, "Save Saved/Screenshots, MovieRenders and VideoCaptures");
    public static readonly ConfigKey<bool> KeepEditorSessions = Preset("keep_editor_sessions", true, "Save Saved/SourceControl, Diff and the sessions of multi-user editing");
    public static readonly ConfigKey<bool> KeepGit = Preset("keep_git", true, "Save .git");
    public static readonly ConfigKey<bool> KeepGitLfs = Preset("keep_git_lfs", false, "Save .git/lfs also where .git/config names a server, which holds it once it was pushed");

    public static readonly ConfigKey<int> KeepLast = Keep("last", 10, "Keep the newest so many snapshots; -1 keeps all");
    public static readonly ConfigKey<int> KeepHourly = Keep("hourly", 0, "Keep the newest of each of the last so many hours that have any; -1 for all hours");
    public static readonly ConfigKey<int> KeepDaily = Keep("daily", 14, "The same by days");
    public static readonly ConfigKey<int> KeepWeekly = Keep("weekly", 8, "The same by weeks");
    public static readonly ConfigKey<int> KeepMonthly = Keep("monthly", 12, "The same by months");
    public static readonly ConfigKey<int> KeepYearly = Keep("yearly", 5, "The same by years");
    public static readonly ConfigKey<KeepPeriod?> KeepWithin = Within("keep_within", "Keep everything this young, counted from the newest snapshot");
    public static readonly ConfigKey<KeepPeriod?> KeepWithinHourly = Within("keep_within_hourly", "Keep one an hour of what is this young");
    public static readonly ConfigKey<KeepPeriod?> KeepWithinDaily = Within("keep_within_daily", "Keep one a day of what is this young");
    public static readonly ConfigKey<KeepPeriod?> KeepWithinWeekly = Within("keep_within_weekly", "Keep one a week of what is this young");
    public static readonly ConfigKey<KeepPeriod?> KeepWithinMonthly = Within("keep_within_monthly", "Keep one a month of what is this young");
    public static readonly ConfigKey<KeepPeriod?> KeepWithinYearly = Within("keep_within_yearly", "Keep one a year of what is this young");

    public static readonly ConfigKey<IReadOnlyList<string>> KeepTags = new("retention.keep_tags", new ListType(ConfigTypes.Tag), [],
        "The policy keeps snapshots with any of these tags", Forgetting);

    public static readonly ConfigKey<IReadOnlyList<string>> PinnedTags = new("retention.pinned_tags", new ListType(ConfigTypes.Tag), ["full", "pinned"],
        "Snapshots with any of these tags are never removed by the config's policy, whatever it says", Forgetting);

    public static readonly ConfigKey<int> NeverRemoveNewest = new("retention.never_remove_newest", new NumberType(1, Many), 3,
        "The newest so many snapshots are never removed by the config's policy", Forgetting);

    public static readonly ConfigKey<string> MaxUnused = new("retention.max_unused", ConfigTypes.Unused, "5%",
        "Space that may stay in use by what nobody needs: less saves space, more saves time", Forgetting);

    public static readonly ConfigKey<int> SourceShrunk = new("alarms.source_shrunk_percent", new NumberType(1, 100), 50,
        "Warn if the project is smaller than last time by so many percent", AfterSaving);

    public static readonly ConfigKey<int> ChangedFiles = new("alarms.changed_files_percent", new NumberType(1, 100), 10,
        "Warn if far more files than usual changed or are gone, and these are at least so many percent of all", AfterSaving);

    public static readonly ConfigKey<int> DriveFree = new("alarms.drive_free_percent", new NumberType(0, 99), 5,
        "Warn if less than so many percent of the backup drive are free", "full, push, status");

    public static readonly ConfigKey<long?> DriveFreeSize = new("alarms.drive_free_size", ConfigTypes.Size(0, 1024 * TiB), null,
        "Warn if less than this is free on the backup drive", "full, push, status", NotSet, 50L << 30);

    public static readonly ConfigKey<int> NewestSnapshotDays = new("alarms.newest_snapshot_days", new NumberType(1, 36_500), 7,
        "Warn if the newest snapshot is older than so many days", "status");

    public static readonly ConfigKey<int> DrillDays = new("alarms.drill_days", new NumberType(0, 36_500), 90,
        "Warn if no drill has proven for so many days that the backup can be restored; 0 never warns", "status");

    /// <summary>The table, in the order in which people read it: keys of their own first, then the sections.</summary>
    public static IReadOnlyList<ConfigKey> Table { get; } =
    [
        ProjectRoot, BackupRoot, Repository, PasswordFile, PasswordCommand,
        Tags, Exclude, ExcludeIgnoringCase, ExcludeFiles, Include,
        Compression, PackSize, ReadConcurrency, VerifyWritten, WaitQuiet, WaitQuietLimit, LowPriority, ResticProgram,
        LogFolder, LogRuns, LogDays, LogSize,
        PresetEnabled, KeepBinaries, KeepIntermediate, KeepDerivedData, KeepCooked, KeepLogs, KeepEditorCaches, KeepAutosaves, KeepUserOutputs,
        KeepEditorSessions, KeepGit, KeepGitLfs,
        KeepLast, KeepHourly, KeepDaily, KeepWeekly, KeepMonthly, KeepYearly,
        KeepWithin, KeepWithinHourly, KeepWithinDaily, KeepWithinWeekly, KeepWithinMonthly, KeepWithinYearly,
        KeepTags, PinnedTags, NeverRemoveNewest, MaxUnused,
        SourceShrunk, ChangedFiles, DriveFree, DriveFreeSize, NewestSnapshotDays, DrillDays,
    ];

    /// <summary>The sections in order, with what each is about.</summary>
    public static IReadOnlyDictionary<string, string> Sections { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["logs"] = "Where the logs of the runs lie, and how long they are kept",
        ["unreal_preset"] = "What of an Unreal project is saved although Unreal could make it again, and the other way round",
        ["retention"] = "Which snapshots forget-prune keeps",
        ["alarms"] = "What counts as unusual enough for a warning",
    };

    private static readonly Dictionary<string, ConfigKey> ByName = Table.ToDictionary(static key => key.Name, StringComparer.Ordinal);

    /// <summary>The key of a full name, or null.</summary>
    public static ConfigKey? Find(string name) => ByName.GetValueOrDefault(name);

    private static ConfigKey<bool> Preset(string name, bool kept, string description) =>
        new("unreal_preset." + name, ConfigTypes.Flag, kept, description, Saving);

    private static ConfigKey<int> Keep(string what, int count, string description) =>
        new("retention.keep_" + what, new NumberType(-1, Many), count, description, Forgetting);

    private static ConfigKey<KeepPeriod?> Within(string name, string description) =>
        new("retention." + name, ConfigTypes.Span, null, description, Forgetting, NotSet, new KeepPeriod(0, 0, 14, 0));
}
