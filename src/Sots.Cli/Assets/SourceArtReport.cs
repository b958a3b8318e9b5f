using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Cli.Configuration;
using Sots.Cli.Output;
using Sots.Unreal.SourceArt;

namespace Sots.Cli.Assets;

/// <summary>How the source files of a project are, and how those get saved that are not.</summary>
/// <param name="Where">What was looked into.</param>
/// <param name="Packages">How many packages that has.</param>
/// <param name="Files">The source files.</param>
internal sealed record SourceArtReport(string Where, int Packages, IReadOnlyList<SourceArtFile> Files) : IReport
{
    private const int MostFolders = 8;

    /// <summary>Files in the project that its backup leaves out.</summary>
    public required IReadOnlySet<string> LeftOut { get; init; }

    /// <summary>Whether some snapshot has a file outside the project.</summary>
    public required Func<string, bool> IsSaved { get; init; }

    private IEnumerable<SourceArtFile> Unsaved => Files.Where(file => file.Outside is { } path && !IsSaved(path));

    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new($"{AssetNames.Count(Packages, "package")} in {Where}, imported from {AssetNames.Count(Files.Count, "source file")}");
        Append(text, "in the project, as imported", static file => file is { Inside: not null, State: SourceArtState.Present });
        Append(text, "in the project; whether they are as imported the assets do not say", static file => file is { Inside: not null, State: SourceArtState.Unchecked });
        Append(text, "in the project, changed since the import or another file under that name", static file => file is { Inside: not null, State: SourceArtState.Changed });
        Append(text, "not where they were in the project", static file => file is { Inside: not null, State: SourceArtState.Missing });
        Append(text, "outside the project, as imported", static file => file is { Outside: not null, State: SourceArtState.Present or SourceArtState.Unchecked });
        Append(text, "outside the project, changed since the import", static file => file is { Outside: not null, State: SourceArtState.Changed });
        Append(text, "outside the project, and not on this computer", static file => file is { Inside: null, Outside: null });
        AppendOffers(text);
        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new SourceArtMessage
    {
        Where = Where,
        Packages = Packages,
        Files = [.. Files.Select(file => new SourceFileJson(
            file.Recorded, NameOf(file.State), file.Inside, file.Outside,
            file.Inside is { } inside ? file.State != SourceArtState.Missing && !LeftOut.Contains(inside) : file.Outside is { } outside && IsSaved(outside),
            [.. file.Assets.Select(static asset => asset.Name)]))],
        UnsavedFolders = FoldersOf(Unsaved.Select(static file => file.Outside!)),
    });

    /// <summary>The folders of files; one that lies in another is left out, and many become the folders above them.</summary>
    internal static IReadOnlyList<string> FoldersOf(IEnumerable<string> files)
    {
        List<string> folders = WithoutInner(files.Select(static file => Path.GetDirectoryName(file)!));
        while (folders.Count > MostFolders)
        {
            // The deepest go up one level, but never to the top of a drive.
            int deepest = folders.Max(static folder => folder.Count(static c => c == Path.DirectorySeparatorChar));
            List<string> above = WithoutInner(folders.Select(folder =>
                folder.Count(static c => c == Path.DirectorySeparatorChar) == deepest && Path.GetDirectoryName(folder) is { } parent && Path.GetDirectoryName(parent) is not null ? parent : folder));
            if (above.SequenceEqual(folders, StringComparer.Ordinal))
            {
                break;
            }

            folders = above;
        }

        return folders;
    }

    private static List<string> WithoutInner(IEnumerable<string> folders)
    {
        List<string> kept = [];
        foreach (string folder in folders.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (kept.Count == 0 || !folder.StartsWith(kept[^1].TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                kept.Add(folder);
            }
        }

        return kept;
    }

    private void Append(StringBuilder text, string title, Func<SourceArtFile, bool> isMeant)
    {
        List<SourceArtFile> meant = [.. Files.Where(isMeant)];
        if (meant.Count > 0)
        {
            AssetNames.Append(text, $"{AssetNames.Count(meant.Count, "file")} {title}", [.. meant.Select(static file => $"{file.Inside ?? file.Outside ?? file.Recorded}, of {file.Assets[0].Name}{(file.Assets.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {file.Assets.Count - 1} more") : "")}")]);
        }
    }

    private void AppendOffers(StringBuilder text)
    {
        IReadOnlyList<string> folders = FoldersOf(Unsaved.Select(static file => file.Outside!));
        if (folders.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n{AssetNames.Count(Unsaved.Count(), "file")} outside the project {(Unsaved.Count() == 1 ? "is" : "are")} in no snapshot. This saves the folders they lie in, beside the project's snapshots:\n  sots_backup backup --tag source-art {string.Join(' ', folders.Select(Quoted))}");
        }

        if (LeftOut.Count > 0)
        {
            string lines = string.Join(", ", LeftOut.Select(static path => Unreal.Content.TreePath.FolderOf(path)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(static folder => $"\"/{folder}\""));
            text.Append(CultureInfo.InvariantCulture, $"\n\n{AssetNames.Count(LeftOut.Count, "file")} in the project {(LeftOut.Count == 1 ? "is" : "are")} left out of its backup. This line in {ConfigFile.Name} saves what the Unreal preset leaves out (what your own excludes name, they have to let go of):\n  \"include\": [{lines}]");
        }
    }

    private static string Quoted(string path) => path.Any(static c => char.IsWhiteSpace(c) || "&()'`$;".Contains(c, StringComparison.Ordinal)) ? $"\"{path}\"" : path;

    private static string NameOf(SourceArtState state) => state switch
    {
        SourceArtState.Present => "present",
        SourceArtState.Unchecked => "unchecked",
        SourceArtState.Changed => "changed",
        _ => "missing",
    };
}

/// <summary>Source files, for programs.</summary>
internal sealed record SourceArtMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "source_art";

    public required string Where { get; init; }

    public required int Packages { get; init; }

    public required IReadOnlyList<SourceFileJson> Files { get; init; }

    public required IReadOnlyList<string> UnsavedFolders { get; init; }
}

/// <summary>A source file. <paramref name="Inside"/> is its path in the project, <paramref name="Outside"/> its full path; both are absent where it is on another computer.</summary>
internal sealed record SourceFileJson(
    string Recorded, string State, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Inside,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Outside, bool Saved, IReadOnlyList<string> Assets);
