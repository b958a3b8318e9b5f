using System.Text;
using System.Text.Json;
using Sots.Restic;

namespace Sots.Unreal;

/// <summary>An Unreal project: a folder with a .uproject file.</summary>
public sealed class UnrealProject
{
    /// <summary>Longest .uproject or .uprojectdirs file that is read, in bytes; real ones have a few KiB.</summary>
    public const int MaxFileBytes = 4 << 20;

    private const int MaxDepth = 64;

    private UnrealProject(string file, string? engineAssociation)
    {
        File = file;
        EngineAssociation = engineAssociation;
    }

    /// <summary>Full path of the .uproject file.</summary>
    public string File { get; }

    /// <summary>Full path of the folder that holds it.</summary>
    public string Root => Path.GetDirectoryName(File)!;

    /// <summary>Name of the project: that of the file without its ending.</summary>
    public string Name => Path.GetFileNameWithoutExtension(File);

    /// <summary>
    /// The engine it belongs to, "5.4" or the id of a source build; empty for an engine found by folder, null where the file does not say or
    /// cannot be read.
    /// </summary>
    public string? EngineAssociation { get; }

    /// <summary>Opens a .uproject file. A file that is no JSON is a project all the same.</summary>
    /// <exception cref="RepositoryException">InvalidRequest where there is no such file.</exception>
    public static UnrealProject Open(string file)
    {
        string path = Path.GetFullPath(file);
        if (!UnrealFiles.Is(path, UnrealFiles.Project) || !System.IO.File.Exists(path))
        {
            throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"{path}: expected a .uproject file, found none");
        }

        return new UnrealProject(path, ReadEngineAssociation(DiskFolders.Instance.ReadText(path, MaxFileBytes)));
    }

    /// <summary>
    /// The project of a folder: the one in the folder itself or in the nearest parent that has one. A .uprojectdirs file counts for the
    /// projects in the folders it lists.
    /// </summary>
    /// <returns>Null where no folder up to the root has a project.</returns>
    /// <exception cref="RepositoryException">InvalidRequest where a folder has several; the message names them.</exception>
    public static UnrealProject? Find(string folder)
    {
        for (string? at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)); at is not null; at = Path.GetDirectoryName(at))
        {
            IReadOnlyList<string> files = FilesOf(at);
            if (files.Count > 1)
            {
                string names = string.Join(", ", files.Take(20).Select(file => Path.GetRelativePath(at, file)));
                throw new RepositoryException(
                    RepositoryErrorKind.InvalidRequest,
                    $"{at}: expected one project, found {files.Count}: {names}",
                    "Name the .uproject file that is meant, or its folder.");
            }

            if (files.Count == 1)
            {
                return Open(files[0]);
            }
        }

        return null;
    }

    /// <summary>The .uproject files of a folder, else those its .uprojectdirs files lead to; full paths in order of name.</summary>
    public static IReadOnlyList<string> FilesOf(string folder)
    {
        string path = Path.GetFullPath(folder);
        List<FolderEntry> entries = [.. DiskFolders.Instance.List(path)];
        List<string> files = [.. Files(path, entries, UnrealFiles.Project)];
        if (files.Count == 0)
        {
            foreach (string list in Files(path, entries, UnrealFiles.ProjectFolders))
            {
                files.AddRange(ListedFolders(path, list).SelectMany(ProjectsOneLevelBelow));
            }
        }

        return [.. files.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The value of EngineAssociation in the text of a .uproject file; null where it is not there or the text is no JSON.</summary>
    internal static string? ReadEngineAssociation(string? text)
    {
        if (text is null)
        {
            return null;
        }

        Utf8JsonReader reader = new(
            Encoding.UTF8.GetBytes(text),
            new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1
                    && "EngineAssociation".Equals(reader.GetString(), StringComparison.OrdinalIgnoreCase))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Written by hand and broken, or half saved: still a project, only its engine is not known.
        }

        return null;
    }

    /// <summary>The folders a .uprojectdirs file names, one a line, relative to the folder it lies in; ";" starts a comment.</summary>
    private static IEnumerable<string> ListedFolders(string folder, string list)
    {
        string inside = folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        foreach (string line in (DiskFolders.Instance.ReadText(list, MaxFileBytes) ?? "").Split('\n').Select(static line => line.Trim()))
        {
            // What leads out of the folder, or is no path, is somebody else's.
            if (line.Length > 0 && line[0] != ';' && !line.Contains('\0'))
            {
                string listed = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(folder, line.Replace('\\', '/'))));
                if (listed == folder || listed.StartsWith(inside, StringComparison.Ordinal))
                {
                    yield return listed;
                }
            }
        }
    }

    private static IEnumerable<string> ProjectsOneLevelBelow(string folder) =>
        DiskFolders.Instance.List(folder)
            .Where(static entry => entry.IsFolder)
            .Select(entry => Path.Combine(folder, entry.Name))
            .SelectMany(static below => Files(below, DiskFolders.Instance.List(below), UnrealFiles.Project));

    private static IEnumerable<string> Files(string folder, IEnumerable<FolderEntry> entries, string extension) =>
        entries.Where(entry => !entry.IsFolder && UnrealFiles.Is(entry.Name, extension)).Select(entry => Path.Combine(folder, entry.Name));
}
