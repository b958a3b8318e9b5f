using System.CommandLine;
using System.Globalization;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Cli.Assets;
using Sots.Cli.Configuration;

namespace Sots.Cli.Commands;

/// <summary><c>backup</c>: saves any files and folders; restic's own form.</summary>
internal static class BackupCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        TargetOptions targets = new();
        ExcludeOptions excludes = new();
        Option<string[]> tags = Symbols.List("--tag", null, "tag[,tag]", "Tags for the snapshot");
        Option<string?> host = Symbols.Text("--host", "-H", "host", "Host name for the snapshot (default: $RESTIC_HOST, else this host)");
        Option<string?> time = Symbols.Text("--time", null, "time", "Time for the snapshot, such as '2026-11-01 22:08:41' (default: now)");
        Option<string?> parent = Symbols.Text("--parent", null, "snapshot", "Compare with this snapshot (default: the latest of the same group)");
        Option<string?> groupBy = Symbols.Text("--group-by", "-g", "group", "What a parent must share: host, paths, tags, with commas; '' for nothing (default: host,paths)").Offering("host", "paths", "tags");
        Option<bool> force = Symbols.Switch("--force", "-f", "Read every file, changed or not");
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Write nothing, only say what would be done");
        Option<bool> skip = Symbols.Switch("--skip-if-unchanged", null, "Make no snapshot if nothing changed");
        Option<bool> noScan = Symbols.Switch("--no-scan", null, "Do not count the files first; no percentages then");
        Option<bool> oneFileSystem = Symbols.Switch("--one-file-system", "-x", "Stay on the file systems of the given folders");
        Option<bool> ignoreChangeTime = Symbols.Switch("--ignore-ctime", null, "Do not take a changed ctime for a changed file");
        Option<bool> ignoreInode = Symbols.Switch("--ignore-inode", null, "Do not take a changed inode number or ctime for a changed file");
        Option<bool> accessTime = Symbols.Switch("--with-atime", null, "Store access times");
        Option<string?> readers = Symbols.Text("--read-concurrency", null, "n", "Files read at once (default: $RESTIC_READ_CONCURRENCY, else 2)");

        VerbCommand command = new("backup", "Which files and folders should be saved? Makes a snapshot of them.", ExitCode.OfSaving);
        targets.AddTo(command);
        excludes.AddTo(command);
        foreach (Option option in (Option[])[tags, host, time, parent, groupBy, force, dryRun, skip, noScan, oneFileSystem, ignoreChangeTime, ignoreInode, accessTime, readers])
        {
            command.Add(option);
        }

        command.SetAction(CommandRun.Action(environment, global, (run, parse, cancellationToken) =>
        {
            RepositorySettings settings = RepositorySettings.Resolve(run);
            BackupOptions options = new()
            {
                Targets = targets.Read(parse, run.Environment),
                WorkingDirectory = DiskPath.FromText(run.Environment.WorkingDirectory),
                Excludes = excludes.Read(parse, run),
                RecordedExcludes = excludes.Recorded(parse),
                NeverSave = [DiskPath.FromText(settings.Location.Value)],
                Tags = [.. (parse.GetValue(tags) ?? []).SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
                Host = HostOf(parse.GetValue(host), run.Environment),
                Time = TimeOf(parse.GetValue(time), run.Environment.Clock),
                Force = parse.GetValue(force),
                Parent = parse.GetValue(parent),
                GroupBy = Grouping.Parse(parse.GetValue(groupBy) ?? Grouping.OfBackup),
                IgnoreChangeTime = parse.GetValue(ignoreChangeTime),
                IgnoreInode = parse.GetValue(ignoreInode),
                WithAccessTime = parse.GetValue(accessTime),
                OneFileSystem = parse.GetValue(oneFileSystem),
                NoScan = parse.GetValue(noScan),
                DryRun = parse.GetValue(dryRun),
                SkipIfUnchanged = parse.GetValue(skip),
                ReadConcurrency = EngineSettings.ReadConcurrencyOf(parse.GetValue(readers), run.Environment)?.Value ?? settings.Engine.ReadConcurrency.Value,
            };
            RefuseInRepository(options.Targets, settings.Location.Value, run.Environment);
            return BackupAction.RunAsync(run, settings, options, new AssetWatch(run, new FolderPlace(run)), cancellationToken);
        }));
        return command;
    }

    /// <summary>The host name for a snapshot: flag, variable, this host.</summary>
    public static string HostOf(string? flag, CliEnvironment environment) => flag ?? environment.Variable("RESTIC_HOST") ?? environment.Host;

    /// <summary>A repository that is saved into itself grows with every backup; whoever names it has the wrong path in mind.</summary>
    private static void RefuseInRepository(IReadOnlyList<DiskPath> targets, string repository, CliEnvironment environment)
    {
        foreach (string target in targets.Select(target => environment.FullPath(target.ToString())))
        {
            if (RepositorySetup.LiesIn(target, repository))
            {
                throw new UsageException($"{target} lies in the repository {repository} itself", "Name what is to be saved; a repository is kept twice by copying its folder.");
            }
        }
    }

    private static DateTimeOffset? TimeOf(string? text, TimeProvider clock)
    {
        if (text is null or "now")
        {
            return null;
        }

        return DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local)
            ? new DateTimeOffset(local, clock.LocalTimeZone.GetUtcOffset(local))
            : throw new UsageException($"'{text}' is no time for --time", "Write it as '2026-11-01 22:08:41', in local time.");
    }
}
