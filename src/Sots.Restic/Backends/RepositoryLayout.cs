namespace Sots.Restic.Backends;

/// <summary>Which path every kind of file has in a repository. Source: docs/FORMAT.md, section 1.</summary>
public static class RepositoryLayout
{
    /// <summary>Name of the config file.</summary>
    public const string ConfigName = "config";

    /// <summary>Folder of a kind of file, without the two-digit folder that packs have; empty for the config.</summary>
    public static string FolderOf(FileType type) => type switch
    {
        FileType.Config => "",
        FileType.Key => "keys",
        FileType.Lock => "locks",
        FileType.Snapshot => "snapshots",
        FileType.Index => "index",
        FileType.Pack => "data",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Path of a file relative to the repository, with forward slashes.</summary>
    public static string PathOf(FileHandle file) => file.Type switch
    {
        FileType.Config => ConfigName,
        FileType.Pack => $"data/{file.Name.FirstByte:x2}/{file.Name}",
        _ => $"{FolderOf(file.Type)}/{file.Name}",
    };
}
