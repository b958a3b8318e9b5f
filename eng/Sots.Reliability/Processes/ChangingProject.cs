using System.Security.Cryptography;

namespace Sots.Reliability.Processes;

/// <summary>A small Unreal project that changes from day to day.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="random">Contents and changes.</param>
/// <param name="files">How many files it begins with.</param>
/// <param name="largest">Bytes of the longest.</param>
internal sealed class ChangingProject(string folder, Random random, int files = 60, int largest = 200_000)
{
    /// <summary>Where it lies.</summary>
    public string Folder => folder;

    /// <summary>Makes it.</summary>
    public void Create()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Path.GetFileName(folder) + ".uproject"), "{ \"FileVersion\": 3 }");
        for (int i = 0; i < files; i++)
        {
            Write($"Content/{i % 7}/Asset{i}.bin");
        }
    }

    /// <summary>Some files get new contents, some are new, some go.</summary>
    /// <param name="share">How many of each are touched, as a share of the files it began with.</param>
    public void Change(double share = 0.06)
    {
        int some = Math.Max(1, (int)(files * share));
        string[] all = Directory.GetFiles(Path.Combine(folder, "Content"), "*", SearchOption.AllDirectories);
        Array.Sort(all, StringComparer.Ordinal);
        random.Shuffle(all);
        foreach (string path in all.Take(some))
        {
            Write(Path.GetRelativePath(folder, path));
        }

        Array.ForEach([.. all.Skip(some).Take(some / 2)], File.Delete);
        for (int i = 0; i < some / 2; i++)
        {
            Write($"Content/New{random.Next(5)}/Asset{random.Next(1_000_000)}.bin");
        }
    }

    /// <summary>What it holds now.</summary>
    public FolderContents Contents() => FolderContents.Of(folder);

    private void Write(string path)
    {
        byte[] bytes = new byte[random.Next(largest)];
        random.NextBytes(bytes);
        string full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }
}

/// <summary>The hash of every file below a folder.</summary>
internal sealed class FolderContents
{
    private readonly SortedDictionary<string, string> _hashes = new(StringComparer.Ordinal);

    /// <summary>Reads a folder; one that is not there is empty.</summary>
    public static FolderContents Of(string folder)
    {
        FolderContents contents = new();
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            contents._hashes[Path.GetRelativePath(folder, path)] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        }

        return contents;
    }

    /// <summary>The files, by path below the folder.</summary>
    public IReadOnlyCollection<string> Paths => _hashes.Keys;

    /// <summary>Whether there is this very file in the other one.</summary>
    public bool HasSame(string path, FolderContents other) => other._hashes.TryGetValue(path, out string? hash) && _hashes.GetValueOrDefault(path) == hash;

    /// <summary>The first few differences, or null where there are none.</summary>
    public string? DifferenceTo(FolderContents other)
    {
        string[] different = [.. _hashes.Keys.Union(other._hashes.Keys).Where(path => !HasSame(path, other)).Take(5)
            .Select(path => !_hashes.ContainsKey(path) ? path + " is too many" : !other._hashes.ContainsKey(path) ? path + " is missing" : path + " has other content")];
        return different.Length == 0 ? null : string.Join(", ", different);
    }
}
