using System.CommandLine;
using Sots.Backup;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Cli.Assets;
using Sots.Cli.Output;
using Sots.Unreal.SourceArt;

namespace Sots.Cli.Commands;

/// <summary><c>source-art</c>: the files that assets were imported from.</summary>
internal static class SourceArtCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string?> place = new("snapshotID/folder") { Description = "What to look into (default: the project as it is now)", Arity = ArgumentArity.ZeroOrOne };
        ProjectOptions projectOptions = new();
        VerbCommand command = new("source-art", "Are the images, meshes and sounds still there that assets were imported from, and are they saved?", ExitCode.OfReading) { place };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string? word = parse.GetValue(place);
            LookedAtChoice choice = await LookedAtChoice.OpenAsync(run, projectOptions.Read(parse), word is not null && LookedAtChoice.IsSnapshot(word), cancellationToken).ConfigureAwait(false);
            await using (choice.ConfigureAwait(false))
            {
                LookedAt where = await choice.GetAsync(word, cancellationToken).ConfigureAwait(false);
                string? drive = Path.GetPathRoot(where.Folder ?? choice.Project?.Root.Value ?? run.Environment.WorkingDirectory);
                IReadOnlyList<SourceArtFile> files;
                OperationCounters counters = new();
                IAsyncDisposable display = run.Reporter.Track(ProgressKind.Assets, counters);
                await using (display.ConfigureAwait(false))
                {
                    files = await SourceArtCheck.RunAsync(where.Tree, drive, counters, cancellationToken).ConfigureAwait(false);
                }

                choice.Facts?.Save();
                run.Reporter.Report(new SourceArtReport(where.Name, where.Tree.Content.Packages.Count, files)
                {
                    LeftOut = LeftOutOf(run, choice.Project, where, files, cancellationToken),
                    IsSaved = path => choice.Listing?.Snapshots.Any(saved => (saved.Snapshot.Paths ?? []).Any(saved => IsIn(path, saved))) == true,
                });
                return ExitCode.Complete;
            }
        }));
        return command;
    }

    /// <summary>The files of the project itself that its backup leaves out.</summary>
    private static HashSet<string> LeftOutOf(CommandRun run, ProjectSettings? project, LookedAt where, IReadOnlyList<SourceArtFile> files, CancellationToken cancellationToken)
    {
        if (project is null || where.Folder != project.Root.Value)
        {
            return [];
        }

        ExcludeRules rules = project.Excludes.ToRules(project.Root.Value, run.Environment.Variable, cancellationToken);
        return [.. files.Where(static file => file is { Inside: not null, State: not SourceArtState.Missing }).Select(static file => file.Inside!).Where(path => IsLeftOut(rules, project.Root.Value, path))];
    }

    private static bool IsLeftOut(ExcludeRules rules, string root, string path)
    {
        string[] parts = path.Split('/');
        for (int i = 1; i <= parts.Length; i++)
        {
            DiskPath at = DiskPath.FromText(Path.Combine([root, .. parts[..i]]));
            if (rules.RejectsName(at) || rules.RejectsEntry(at, isDirectory: i < parts.Length, sizeBytes: 0))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIn(string path, string saved) => SnapshotPath.IsSame(saved, path) || path.StartsWith(saved.TrimEnd('/', '\\') + Path.DirectorySeparatorChar, StringComparison.OrdinalIgnoreCase);
}
