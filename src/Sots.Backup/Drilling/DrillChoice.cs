using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Drilling;

/// <summary>A file that a drill restores.</summary>
/// <param name="Path">Its path in the snapshot, with a leading "/".</param>
/// <param name="Node">Its node.</param>
internal sealed record DrilledFile(byte[] Path, Node Node);

/// <summary>
/// Chooses files of a snapshot at random, each with the same chance. All of its folders are looked at, which proves that their lists can be
/// read as well.
/// </summary>
/// <param name="repository">Where they lie.</param>
/// <param name="random">The chance.</param>
/// <param name="problem">Told a folder and why its list cannot be read.</param>
internal sealed class DrillChoice(IndexedRepository repository, Random random, Action<string, string> problem)
{
    /// <summary>A few trees can name each other to any number of paths; after so many entries there is enough to choose from.</summary>
    private const long MaxEntries = 10_000_000;

    /// <summary>More than are wanted are kept, since some will not fit.</summary>
    private const int Spare = 4;

    /// <summary>Files that are larger than all may be together.</summary>
    public long TooLarge { get; private set; }

    /// <summary>Chooses.</summary>
    /// <param name="root">The snapshot's tree.</param>
    /// <param name="files">How many at most.</param>
    /// <param name="bytes">How much they are to have together; a single one may have more.</param>
    /// <param name="longest">The longest that may be chosen, in bytes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<List<DrilledFile>> ChooseAsync(TreeId root, int files, long bytes, long longest, CancellationToken cancellationToken)
    {
        List<DrilledFile> kept = [];
        long seen = 0, entries = 0;
        Stack<(TreeId Tree, byte[] Path, int Depth)> open = new([(root, [], 0)]);
        while (entries < MaxEntries && open.TryPop(out (TreeId Tree, byte[] Path, int Depth) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (Node node in await EntriesAsync(folder.Tree, folder.Path, cancellationToken).ConfigureAwait(false))
            {
                entries++;
                if (TargetNames.WhyRefused(node.Name, PathRules.Current) is not null)
                {
                    // A name that this system cannot have; a restore says so.
                    continue;
                }

                if (node is { Type: NodeType.Directory, Subtree: { } below } && folder.Depth + 1 < Limits.TreeDepth)
                {
                    open.Push((below, [.. folder.Path, (byte)'/', .. node.Name], folder.Depth + 1));
                }
                else if (node is { Type: NodeType.File, Content: not null } && node.Size > (ulong)longest)
                {
                    TooLarge++;
                }
                else if (node is { Type: NodeType.File, Content: not null })
                {
                    Keep(kept, folder.Path, node, ++seen, files * Spare);
                }
            }
        }

        return Fitting(kept, files, bytes);
    }

    private void Keep(List<DrilledFile> kept, byte[] folder, Node node, long seen, int room)
    {
        long place = random.NextInt64(seen);
        if (kept.Count < room)
        {
            kept.Add(new DrilledFile([.. folder, (byte)'/', .. node.Name], node));
        }
        else if (place < room)
        {
            kept[(int)place] = new DrilledFile([.. folder, (byte)'/', .. node.Name], node);
        }
    }

    private List<DrilledFile> Fitting(List<DrilledFile> kept, int files, long bytes)
    {
        DrilledFile[] all = [.. kept];
        random.Shuffle(all);
        List<DrilledFile> chosen = [];
        long left = bytes;
        foreach (DrilledFile file in all)
        {
            if (chosen.Count < files && (chosen.Count == 0 || (long)file.Node.Size <= left))
            {
                chosen.Add(file);
                left -= (long)file.Node.Size;
            }
        }

        return chosen;
    }

    private async ValueTask<List<Node>> EntriesAsync(TreeId tree, byte[] path, CancellationToken cancellationToken)
    {
        try
        {
            return await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.Missing or RepositoryErrorKind.LimitExceeded)
        {
            problem(PathText.ToText(path), $"its list of entries cannot be read, so nothing in it can be restored: {e.Message}");
            return [];
        }
    }
}

/// <summary>Takes exactly the chosen files.</summary>
internal sealed class DrillFilter : RestoreFilter
{
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Chooses files.</summary>
    public DrillFilter(IEnumerable<DrilledFile> files)
    {
        foreach (DrilledFile file in files)
        {
            string path = Key(file.Path);
            _files.Add(path);
            for (int at = path.LastIndexOf('/'); at > 0 && _folders.Add(path[..at]); at = path.LastIndexOf('/', at - 1))
            {
            }
        }
    }

    /// <inheritdoc/>
    public override bool Selects(ReadOnlySpan<byte> path, bool isDirectory) => !isDirectory && _files.Contains(Key(path));

    /// <inheritdoc/>
    public override bool MayContain(ReadOnlySpan<byte> directory) => _folders.Contains(Key(directory));

    /// <summary>Each byte becomes one character: names need not be text.</summary>
    private static string Key(ReadOnlySpan<byte> path) => System.Text.Encoding.Latin1.GetString(path);
}
