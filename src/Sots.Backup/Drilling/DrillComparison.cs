using Sots.Backup.Archiving;
using Sots.Backup.Sources;

namespace Sots.Backup.Drilling;

/// <summary>Compares restored files with those on the disk that they were saved from, where these have not changed since.</summary>
/// <param name="disk">The disk.</param>
/// <param name="targets">What the snapshot says it was made of.</param>
internal sealed class DrillComparison(SourceFileSystem disk, IReadOnlyList<string> targets)
{
    private const int PieceLength = 256 * 1024;

    private static readonly ChangeDetector Changes = new(ignoreChangeTime: false, ignoreInode: false);

    private readonly (byte[] Prefix, DiskPath Root)[] _roots =
    [
        .. targets.Select(static target => DiskPath.FromText(target)).Where(DiskPaths.IsAbsolute)
            .Select(static root => (DiskPaths.SnapshotComponents(root).SelectMany(static name => (byte[])[(byte)'/', .. name]).ToArray(), root)),
    ];

    /// <summary>Whether the two are the same; null where that file is not there any more, was changed, or cannot be read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="folder">Where the snapshot was restored to.</param>
    public bool? Compare(DrilledFile file, DiskPath folder)
    {
        try
        {
            if (FindSource(file.Path) is not { } path)
            {
                return null;
            }

            using SourceFile original = disk.OpenFile(path);
            if (!Changes.IsUnchanged(file.Node, original.Status))
            {
                return null;
            }

            using SourceFile restored = disk.OpenFile(Below(folder, file.Path, isRestored: true));
            bool same = HasSameContent(original, restored);
            return original.StatusNow().IsSameContent(original.Status) ? same : null;
        }
        catch (SourceException)
        {
            return null;
        }
    }

    private DiskPath? FindSource(byte[] path)
    {
        foreach ((byte[] prefix, DiskPath root) in _roots)
        {
            if (path.AsSpan().StartsWith(prefix) && path.Length > prefix.Length && path[prefix.Length] == (byte)'/')
            {
                return Below(root, path.AsSpan(prefix.Length));
            }
        }

        return null;
    }

    private static DiskPath Below(DiskPath root, ReadOnlySpan<byte> path, bool isRestored = false)
    {
        DiskPath at = root;
        while (!path.IsEmpty)
        {
            ReadOnlySpan<byte> rest = path[1..];
            int end = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = end < 0 ? rest : rest[..end];
            at = at.Join(isRestored && at == root ? PathRules.Current.FolderOfVolume(name.ToArray()) : name);
            path = end < 0 ? [] : rest[end..];
        }

        return at;
    }

    private static bool HasSameContent(SourceFile a, SourceFile b)
    {
        byte[] left = new byte[PieceLength], right = new byte[PieceLength];
        while (true)
        {
            int length = Fill(a, left);
            if (Fill(b, right) != length || !left.AsSpan(0, length).SequenceEqual(right.AsSpan(0, length)))
            {
                return false;
            }

            if (length < PieceLength)
            {
                return true;
            }
        }
    }

    private static int Fill(SourceFile file, byte[] buffer)
    {
        int done = 0;
        while (done < buffer.Length && file.Read(buffer.AsSpan(done)) is > 0 and int read)
        {
            done += read;
        }

        return done;
    }
}
