using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Unreal;
using Sots.Unreal.Content;

namespace Sots.Cli.Assets;

/// <summary>
/// Puts assets into a folder that the editor opens as a project of its own: every file at its own place, with the project's file, its settings
/// and its code, and those of its plugins. Assets of a plugin that belongs to no project get a small project around them.
/// </summary>
internal sealed class SideProject(CommandRun run, IndexedRepository indexed, SnapshotListing listing, string folder)
{
    /// <summary>What a project or plugin needs besides its content.</summary>
    private static readonly string[] Support = ["Config", "Source", "Binaries", "Resources", "Shaders", "Platforms"];

    /// <summary>Refuses folders that would be harmed, or in which the assets would not load.</summary>
    /// <exception cref="UsageException">With what to do instead.</exception>
    public static void Check(string folder, ProjectSettings? project)
    {
        if (Unreal.Assets.AssetFacts.IsPackage(folder) || File.Exists(folder))
        {
            throw new UsageException(
                $"{folder} is a file, a folder is wanted",
                "An asset carries the name of its file inside: a copy under another name would not load. It is put into a folder with its own name and path.");
        }

        if (project is not null && RepositorySetup.LiesIn(folder, project.Root.Value))
        {
            throw new UsageException(
                $"{folder} lies in the project",
                "The editor would find the asset twice, and neither copy would load right. Name a folder beside the project; without --to the asset goes back to its place, and `restore-undo` undoes that.");
        }

        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new UsageException($"{folder} is not empty", "Name a new folder: nothing of another project is overwritten, and no two states are mixed.");
        }
    }

    /// <summary>Restores files of a snapshot.</summary>
    /// <param name="part">The snapshot, and where in it the tree is.</param>
    /// <param name="content">What the tree holds.</param>
    /// <param name="assets">The assets with their files.</param>
    /// <param name="engine">Engine of the project that is made up where there is none, "5.4"; may be empty.</param>
    /// <param name="dryRun">Write nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<int> RestoreAsync(
        SnapshotPart part, ProjectContent content, IReadOnlyList<(ContentPackage Package, IReadOnlyList<TreeFile> Files)> assets, string engine, bool dryRun,
        CancellationToken cancellationToken)
    {
        List<(string Root, string Target, List<string> Paths)> pieces = [];
        string? projectFile = null;
        foreach (var group in assets.GroupBy(static asset => asset.Package.Mount.Project))
        {
            if (group.Key is { } project)
            {
                projectFile ??= content.ProjectFileOf(project)?.Name;
                pieces.Add((project, folder, [.. PathsOf(content, project, group), .. content.Mounts.Where(mount => mount.Kind == UnrealRootKind.Plugin && mount.Project == project).SelectMany(mount => SupportOf(content, mount.Root, project))]));
            }
            else
            {
                foreach (ContentMount mount in content.Mounts.Where(static mount => mount.Project is null))
                {
                    pieces.Add((mount.Root, Path.Combine(folder, "Plugins", mount.Name.TrimStart('/')), [.. PathsOf(content, mount.Root, group.Where(asset => asset.Package.Mount == mount))]));
                }
            }
        }

        OperationCounters counters = new();
        long start = run.Environment.Clock.GetTimestamp();
        RestoreResult sum = new(0, 0, 0, 0, 0, 0, 0, 0, 0);
        run.Reporter.RestoreStarts(part.Saved, folder);
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Restore, counters);
        await using (display.ConfigureAwait(false))
        {
            foreach ((string root, string target, List<string> paths) in pieces.Where(static piece => piece.Paths.Count > 0))
            {
                RestoreOptions options = new()
                {
                    Target = DiskPath.FromText(target),
                    Subpath = $"{part.Subpath.TrimEnd('/')}/{root}".TrimEnd('/'),
                    Filter = new ChosenPaths(paths),
                    DryRun = dryRun,
                    Snapshots = listing.Snapshots,
                };
                sum = Sum(sum, await RestoreOperation.RunAsync(indexed, part.Saved.Snapshot, options, counters, run.Reporter, cancellationToken).ConfigureAwait(false));
            }
        }

        run.Reporter.RestoreSummary(sum, run.Environment.Clock.GetElapsedTime(start));
        string file = projectFile ?? "Restored.uproject";
        if (projectFile is null && !dryRun && sum.Problems == 0)
        {
            NewFile.TryCreate(Path.Combine(folder, file), HostProject(engine, assets.Select(static asset => asset.Package.Mount)));
        }

        if (sum.Problems == 0)
        {
            run.Reporter.Report(new SideProjectReport(folder, Path.Combine(folder, file), dryRun));
        }

        return run.Finish(sum.Problems, ExitCode.Failed, $"Fatal: There were {sum.Problems} errors");
    }

    /// <summary>Paths below a root: of the assets, of the file that makes it a root, and of what it needs besides content.</summary>
    private static IEnumerable<string> PathsOf(ProjectContent content, string root, IEnumerable<(ContentPackage Package, IReadOnlyList<TreeFile> Files)> assets) =>
        assets.SelectMany(static asset => asset.Files).Select(file => TreePath.Below(file.Path, root)).Concat(SupportOf(content, root, root)).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> SupportOf(ProjectContent content, string root, string above)
    {
        foreach (TreeFile file in content.RootFiles.Where(file => file.Folder.Equals(root, StringComparison.OrdinalIgnoreCase)))
        {
            yield return TreePath.Below(file.Path, above);
        }

        foreach (string name in content.Files
            .Where(file => file.Path.Length > root.Length && TreePath.IsAtOrBelow(file.Path, root)).Select(file => TreePath.Below(file.Path, root).Split('/'))
            .Where(static parts => parts.Length > 1 && Support.Contains(parts[0], StringComparer.OrdinalIgnoreCase)).Select(static parts => parts[0]).Distinct(StringComparer.Ordinal))
        {
            yield return TreePath.Below(TreePath.Join(root, name), above);
        }
    }

    private static string HostProject(string engine, IEnumerable<ContentMount> mounts)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("FileVersion", 3);
            json.WriteString("EngineAssociation", engine);
            json.WriteStartArray("Plugins");
            foreach (string name in mounts.Where(static mount => mount.Kind == UnrealRootKind.Plugin).Select(static mount => mount.Name.TrimStart('/')).Distinct(StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("Name", name);
                json.WriteBoolean("Enabled", true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static RestoreResult Sum(RestoreResult one, RestoreResult other) => new(
        one.TotalEntries + other.TotalEntries, one.TotalBytes + other.TotalBytes, one.EntriesRestored + other.EntriesRestored, one.BytesRestored + other.BytesRestored,
        one.EntriesSkipped + other.EntriesSkipped, one.BytesSkipped + other.BytesSkipped, one.EntriesDeleted + other.EntriesDeleted,
        one.FilesVerified + other.FilesVerified, one.Problems + other.Problems);
}

/// <summary>Where the assets are now.</summary>
internal sealed record SideProjectReport(string Folder, string ProjectFile, bool DryRun) : IReport
{
    /// <inheritdoc/>
    public string ToText() => DryRun ? $"nothing was written; {ProjectFile} would open in the editor" : $"open {ProjectFile} in the editor to look at it; from there an asset can be migrated into the project";

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new SideProjectMessage(Folder, ProjectFile, DryRun));
}

/// <summary>A project beside the project, for programs.</summary>
internal sealed record SideProjectMessage(string Folder, string ProjectFile, bool DryRun)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "side_project";
}
