using System.CommandLine;
using Sots.Backup;
using Sots.Backup.Sources;
using Sots.Cli.Configuration;
using Sots.Cli.Output;
using Sots.Unreal;

namespace Sots.Cli.Commands;

/// <summary><c>why</c>: which rule keeps a path or leaves it out.</summary>
internal static class WhyCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> paths = new("path") { Description = "Files or folders of the project; they need not be there", Arity = ArgumentArity.OneOrMore };
        ProjectOptions projectOptions = new();
        VerbCommand command = new("why", "Why is this saved, or not? Names the rule that decides.", ExitCode.OfOthers) { paths };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, (run, parse, cancellationToken) =>
        {
            ProjectSettings project = ProjectSettings.Get(run, projectOptions.Read(parse));
            PresetExcludes preset = project.Excludes.Discover(project.Root.Value, noPreset: false, cancellationToken);
            OwnExcludes own = project.Excludes.Own(run.Environment.Variable);
            foreach (string path in parse.GetValue(paths) ?? [])
            {
                run.Reporter.Report(Of(Full(path, project, run), project, preset, own));
            }

            foreach (string question in own.Questions(preset.Roots ?? [new UnrealRoot(project.Root.Value, UnrealRootKind.Project)]))
            {
                run.Reporter.Warning("warning: " + question);
            }

            return Task.FromResult(ExitCode.Complete);
        }));
        return command;
    }

    /// <summary>Walks to the path as a backup does, and asks at each folder on the way.</summary>
    private static WhyReport Of(string full, ProjectSettings project, PresetExcludes preset, OwnExcludes own)
    {
        string root = project.Root.Value;
        ExcludedPaths never = ExcludedPaths.SeenFrom([DiskPath.FromText(root)], project.OwnFolders);
        List<string> way = [];
        for (string? at = full; at is not null && at.Length > root.Length; at = Path.GetDirectoryName(at))
        {
            way.Insert(0, at);
        }

        foreach (string step in way)
        {
            DiskPath path = DiskPath.FromText(step);
            bool isFolder = step != full || Directory.Exists(step);
            long size = !isFolder && new FileInfo(step) is { Exists: true } file ? file.Length : 0;
            string through = step == full ? "" : Path.GetRelativePath(root, step).Replace(Path.DirectorySeparatorChar, '/');
            if (never.RejectsName(path))
            {
                return new WhyReport(full, false, "it belongs to the backup itself", null, through, "never saved");
            }

            if (preset.RejectsName(path) || preset.RejectsEntry(path, isFolder, size))
            {
                UnrealExclusion? rule = preset.Explain(path);
                return new WhyReport(
                    full, false, rule?.Reason ?? "left out by the Unreal preset", rule is null ? null : $"{rule.Pattern} in {rule.Root}", through,
                    $"Unreal preset, {rule?.Class.ToString() ?? "unknown"}");
            }

            if (own.Explain(path, isFolder, size) is { } reason)
            {
                return new WhyReport(full, false, "your own exclude", reason, through, "own");
            }
        }

        DiskPath asked = DiskPath.FromText(full);
        return preset.FindInclude(asked) is { } include
            ? new WhyReport(full, true, "your include takes it back", $"\"{include}\" ({project.Excludes.Include.Origin})", "", "include")
            : new WhyReport(full, true, preset.WhyKept(asked) ?? "no rule leaves it out", null, "", preset.HasPreset ? "Unreal preset" : "no preset");
    }

    private static string Full(string path, ProjectSettings project, CommandRun run) =>
        Path.TrimEndingDirectorySeparator(TypedPath.InProject(path, project, run, mustBeThere: false) ?? throw new UsageException(
            $"{path} is not in the project {project.Root.Value}", "A backup of the project does not reach it. Name a file or folder of the project."));
}
