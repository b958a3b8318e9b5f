using System.Globalization;
using System.IO.Compression;

namespace Sots.Reliability.Load;

/// <summary>
/// Real projects by their lists of sizes and paths (a line <c>bytes TAB path</c> a file, gzip), side by side, as often as it takes to
/// reach a size; for less than one copy, every n-th file of them. Names and sizes are those of the lists.
/// </summary>
internal sealed class ManifestTree : GeneratedTree
{
    private readonly List<(string Name, long Size)> _files;
    private readonly int _copyLength;

    /// <summary>Reads the lists.</summary>
    /// <param name="seed">Start of all chance.</param>
    /// <param name="manifests">The lists.</param>
    /// <param name="totalBytes">Copies are added until there are so many bytes; the last copy stops where they are reached.</param>
    public ManifestTree(int seed, IReadOnlyList<string> manifests, long totalBytes)
        : base(seed)
    {
        List<(string Folder, string Name, long Size)> lines = [];
        for (int i = 0; i < manifests.Count; i++)
        {
            foreach (string line in ReadLines(manifests[i]))
            {
                int tab = line.IndexOf('\t', StringComparison.Ordinal);
                string path = $"Project{i}/{line[(tab + 1)..]}";
                int slash = path.LastIndexOf('/');
                lines.Add((path[..slash], path[(slash + 1)..], long.Parse(line.AsSpan(0, tab), CultureInfo.InvariantCulture)));
            }
        }

        lines.Sort(static (a, b) => (string.CompareOrdinal(a.Folder, b.Folder), string.CompareOrdinal(a.Name, b.Name)) switch
        {
            (0, int name) => name,
            (int folder, _) => folder,
        });
        int every = (int)Math.Max(1, lines.Sum(line => line.Size) / Math.Max(1, totalBytes));
        lines = [.. lines.Where((_, place) => place % every == 0)];
        _files = lines.ConvertAll(line => (line.Name, line.Size));
        _copyLength = lines.Count;
        int number = 1;
        for (int copy = 0; TotalBytes < totalBytes; copy++)
        {
            GeneratedFolder top = new(number++, 0, 0);
            Root.Folders.Add(string.Create(CultureInfo.InvariantCulture, $"Copy{copy}"), top);
            for (int first = 0, end; first < lines.Count && TotalBytes < totalBytes; first = end)
            {
                for (end = first; end < lines.Count && lines[end].Folder == lines[first].Folder && TotalBytes < totalBytes; end++)
                {
                    TotalBytes += lines[end].Size;
                }

                Place(top, lines[first].Folder, (copy * _copyLength) + first, end - first, ref number);
                Files = (copy * _copyLength) + end;
            }
        }
    }

    /// <summary>Bytes of all files.</summary>
    public long TotalBytes { get; }

    /// <inheritdoc/>
    public override GeneratedFolder Root { get; } = new(0, 0, 0);

    /// <inheritdoc/>
    public override int Files { get; }

    /// <inheritdoc/>
    public override string NameOf(int file) => _files[file % _copyLength].Name;

    /// <inheritdoc/>
    public override int Find(GeneratedFolder folder, string name)
    {
        for (int low = 0, high = folder.Count - 1; low <= high;)
        {
            int middle = (low + high) / 2;
            int order = string.CompareOrdinal(name, NameOf(folder.First + middle));
            if (order == 0)
            {
                return folder.First + middle;
            }

            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        return -1;
    }

    /// <inheritdoc/>
    public override long SizeOf(int file) => _files[file % _copyLength].Size;

    private static void Place(GeneratedFolder folder, string path, int first, int count, ref int number)
    {
        string[] names = path.Split('/');
        for (int i = 0; i < names.Length; i++)
        {
            bool last = i == names.Length - 1;
            if (!folder.Folders.TryGetValue(names[i], out GeneratedFolder? next))
            {
                next = new GeneratedFolder(number++, 0, 0);
                folder.Folders.Add(names[i], next);
            }

            if (last)
            {
                // Lists are sorted by folder, but a folder's own files may come after those of the folders in it.
                folder.Folders[names[i]] = next = next with { First = first, Count = count };
            }

            folder = next;
        }
    }

    private static IEnumerable<string> ReadLines(string manifest)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(manifest), CompressionMode.Decompress));
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            yield return line;
        }
    }
}
