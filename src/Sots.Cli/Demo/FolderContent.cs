using System.Security.Cryptography;

namespace Sots.Cli.Demo;

/// <summary>What is in a folder, to be compared with what is in another.</summary>
internal static class FolderContent
{
    /// <summary>SHA-256 of every file, by relative path with forward slashes; none where there is no folder.</summary>
    public static SortedDictionary<string, string> Hash(string folder, Func<string, bool> wanted)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        if (!Directory.Exists(folder))
        {
            return files;
        }

        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(folder, file).Replace('\\', '/');
            if (wanted(path))
            {
                using FileStream content = File.OpenRead(file);
                files.Add(path, Convert.ToHexStringLower(SHA256.HashData(content)));
            }
        }

        return files;
    }

    /// <summary>One line for every file that is missing, too many, or different.</summary>
    public static IReadOnlyList<string> Differences(SortedDictionary<string, string> expected, SortedDictionary<string, string> found) =>
    [
        .. expected.Keys.Except(found.Keys, StringComparer.Ordinal).Select(path => $"missing: {path}"),
        .. found.Keys.Except(expected.Keys, StringComparer.Ordinal).Select(path => $"too many: {path}"),
        .. expected.Where(file => found.TryGetValue(file.Key, out string? hash) && hash != file.Value).Select(file => $"different: {file.Key}"),
    ];
}
