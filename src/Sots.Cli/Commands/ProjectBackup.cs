using System.CommandLine;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Sources;
using Sots.Cli.Assets;
using Sots.Cli.Configuration;
using Sots.Unreal;

namespace Sots.Cli.Commands;

/// <summary>What <c>full</c> and <c>push</c> have in common: they save the whole project, and differ in tag and in what they read.</summary>
internal static class ProjectBackup
{
    /// <summary>Tag of a snapshot that was made while an editor had the project open.</summary>
    public const string EditorOpen = "editor-open";

    /// <summary>Makes the command.</summary>
    /// <param name="name">Its name, which is the tag of its snapshots too.</param>
    /// <param name="help">Its help.</param>
    /// <param name="readEverything">Whether unchanged files are read again.</param>
    /// <param name="environment">Surroundings.</param>
    /// <param name="global">Flags of every command.</param>
    public static Command Build(string name, string help, bool readEverything, CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        QuietOptions quiet = new();
        ExcludeOptions excludes = new();
        Option<string[]> tags = Symbols.List("--tag", null, "tag[,tag]", $"More tags for the snapshot, beside {name}");
        Option<string?> host = Symbols.Text("--host", "-H", "host", "Host name for the snapshot (default: $RESTIC_HOST, else this host)");
        Option<bool> noPreset = Symbols.Switch("--no-preset", null, "Save also what Unreal can make again: Intermediate, DerivedDataCache, logs");
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Write nothing, only say what would be done");
        Option<bool> skip = Symbols.Switch("--skip-if-unchanged", null, "Make no snapshot if nothing changed");
        Option<bool> force = Symbols.Switch("--force", null, "Make a snapshot even if nearly everything is gone from the project");
        Option<string?> readers = Symbols.Text("--read-concurrency", null, "n", "Files read at once (default: $RESTIC_READ_CONCURRENCY, else the config, else 2)");
        Option<string?> verify = Symbols.Text("--verify-written", null, "size", "Read back so much of what was written at most and compare it; 0 for nothing (default: the config, else 32M)");
        VerbCommand command = new(name, help, ExitCode.OfSaving) { tags, host, noPreset, dryRun, skip, force, readers, verify };
        projectOptions.AddTo(command);
        excludes.AddTo(command);
        quiet.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            ProjectFlags flags = projectOptions.Read(parse);
            ProjectSettings project = ProjectSettings.Get(run, flags);
            foreach (string line in project.Describe())
            {
                run.Reporter.Detail(line);
            }

            PresetExcludes preset = project.Excludes.Discover(project.Root.Value, parse.GetValue(noPreset), cancellationToken);
            LeftOut leftOut = new(preset, parse.GetValue(noPreset) ? noPreset.Name : $"unreal_preset.enabled is false, {project.Excludes.PresetEnabled.Origin}");
            ResticExcludeOptions excludeFlags = excludes.ReadFlags(parse, run);
            ResticExcludeOptions rules = project.Excludes.Before(excludeFlags, run.Environment.Variable);
            ResticExcludes own = new(rules, warn: run.Reporter.Warning);
            IReadOnlyList<UnrealRoot> roots = preset.Roots ?? [new UnrealRoot(project.Root.Value, UnrealRootKind.Project)];
            foreach (string question in new OwnExcludes(own, project.Excludes, run.Environment.Variable).Questions(roots))
            {
                run.Reporter.Warning("warning: " + question);
            }

            BackupOptions options = new()
            {
                Targets = [DiskPath.FromText(project.Root.Value)],
                WorkingDirectory = DiskPath.FromText(run.Environment.WorkingDirectory),
                Excludes = CombinedExcludes.Of(leftOut, own),
                RecordedExcludes = rules.Patterns,
                NeverSave = project.OwnFolders,
                Tags = [.. new[] { name }.Concat(project.Tags.Value).Concat(EditorTag(run, project, cancellationToken)).Concat((parse.GetValue(tags) ?? []).SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))).Concat(ExcludeTags.Of(excludeFlags)).Distinct()],
                Host = BackupCommand.HostOf(parse.GetValue(host), run.Environment),
                Force = readEverything,
                DryRun = parse.GetValue(dryRun),
                SkipIfUnchanged = parse.GetValue(skip),
                ProofBytes = parse.GetValue(verify) is { } bytes ? SizeText.Parse(bytes, verify.Name) : project.VerifyWrittenBytes,
                ReadConcurrency = EngineSettings.ReadConcurrencyOf(parse.GetValue(readers), run.Environment)?.Value ?? project.Repository.Engine.ReadConcurrency.Value,
            };
            await quiet.WaitAsync(run, parse, project, roots, cancellationToken).ConfigureAwait(false);
            if (!options.DryRun)
            {
                await RepositorySetup.EnsureAsync(run, project, cancellationToken).ConfigureAwait(false);
            }

            ProjectWatch watch = new(run, project, project.Alarms.ToThresholds(), parse.GetValue(force));
            return await BackupAction.RunAsync(run, project.Repository, options, new AssetWatch(run, new ProjectPlace(run, project, flags)), cancellationToken, () => leftOut.Report(run.Reporter), watch, new EngineGuard(run, project, flags)).ConfigureAwait(false);
        }));
        return command;
    }

    /// <summary>What is not saved in an editor is not in a snapshot: it is worth knowing later that one was open.</summary>
    private static IEnumerable<string> EditorTag(CommandRun run, ProjectSettings project, CancellationToken cancellationToken)
    {
        if (run.Environment.FindEditor(project.Root.Value, cancellationToken).Open is not { } editor)
        {
            return [];
        }

        run.Reporter.Message($"{editor} has the project open: what is not saved there yet is not in this snapshot (tag {EditorOpen})");
        return [EditorOpen];
    }
}
