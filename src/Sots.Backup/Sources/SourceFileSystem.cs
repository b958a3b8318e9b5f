using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>Decides by a name alone whether an entry is looked at; true keeps it.</summary>
/// <param name="name">The bytes of the name; valid during the call.</param>
public delegate bool NameFilter(ReadOnlySpan<byte> name);

/// <summary>An entry of a directory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">What it is, links not followed.</param>
public readonly record struct SourceEntry(byte[] Name, FileStatus Status);

/// <summary>
/// Reads the user's disk: names as bytes, and all the metadata that the format keeps. One implementation a platform, chosen once.
/// Thread safe. What goes wrong in the world is a <see cref="SourceException"/>, nothing else.
/// </summary>
public abstract class SourceFileSystem
{
    /// <summary>The one of this system.</summary>
    public static SourceFileSystem Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsSourceFileSystem()
        : OperatingSystem.IsLinux() ? new LinuxSourceFileSystem()
        : new PortableSourceFileSystem();

    /// <summary>
    /// Lists a directory. Names first: the status of an entry is read when it is asked for, so that what is left out by name costs
    /// nothing more.
    /// </summary>
    /// <param name="path">Absolute. A symbolic link at its end is followed only for paths that come from the user, not during a walk:
    /// see <paramref name="followLink"/>.</param>
    /// <param name="followLink">True for a target given by the user.</param>
    public abstract SourceDirectory OpenDirectory(DiskPath path, bool followLink = false);

    /// <summary>The entries of a directory, sorted by the bytes of their names; those that vanish meanwhile are left out.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="keep">Asked before the status of an entry is read; null keeps all.</param>
    /// <param name="problem">Told about an entry whose status cannot be read, which is left out; null to have it thrown.</param>
    /// <exception cref="SourceException">The directory cannot be listed.</exception>
    public List<SourceEntry> ReadDirectory(DiskPath path, NameFilter? keep = null, Action<DiskPath, SourceException>? problem = null)
    {
        using SourceDirectory directory = OpenDirectory(path);
        List<SourceEntry> entries = new(directory.Count);
        for (int i = 0; i < directory.Count; i++)
        {
            try
            {
                if ((keep is null || keep(directory.NameOf(i))) && directory.TryGetStatus(i, out FileStatus status))
                {
                    entries.Add(new SourceEntry(directory.NameOf(i).ToArray(), status));
                }
            }
            catch (SourceException e) when (problem is not null)
            {
                problem(path.Join(directory.NameOf(i)), e);
            }
        }

        return entries;
    }

    /// <summary>What an entry is.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="followLinks">True to get what a symbolic link leads to.</param>
    public abstract FileStatus GetStatus(DiskPath path, bool followLinks);

    /// <summary>
    /// Makes the node of an entry with all its metadata. Content of a file and the tree of a directory are set by the caller.
    /// </summary>
    /// <param name="name">Name of the node.</param>
    /// <param name="path">The entry, absolute.</param>
    /// <param name="status">Its status.</param>
    /// <param name="offsetOf">Gives the offset from UTC in minutes at an instant (Unix seconds).</param>
    /// <param name="withAccessTime">Store the access time; otherwise the modification time stands in its place.</param>
    /// <param name="problem">Told, in one sentence, about metadata that cannot be read; the node is made without it.</param>
    /// <param name="followLinks">True where <paramref name="status"/> was read with links followed (the levels above a target).</param>
    /// <exception cref="SourceException">The target of a link cannot be read, or the entry vanished.</exception>
    public Node CreateNode(
        byte[] name, DiskPath path, in FileStatus status, Func<long, short> offsetOf, bool withAccessTime, Action<string> problem,
        bool followLinks = false)
    {
        Node node = status.ToNode(name, offsetOf, withAccessTime);
        AddMetadata(node, path, status, problem, followLinks);
        return node;
    }

    /// <summary>
    /// Opens a regular file for reading from start to end, in nobody's way: others may go on reading, writing, renaming and deleting it.
    /// A link is not followed and a pipe not waited for.
    /// </summary>
    /// <param name="path">Absolute.</param>
    public abstract SourceFile OpenFile(DiskPath path);

    /// <summary>Adds what the status does not know: link target, attributes, names of accounts.</summary>
    private protected abstract void AddMetadata(Node node, DiskPath path, in FileStatus status, Action<string> problem, bool followLinks);
}

/// <summary>A listed directory. Not thread safe.</summary>
public abstract class SourceDirectory : IDisposable
{
    /// <summary>Number of entries.</summary>
    public abstract int Count { get; }

    /// <summary>The name of an entry; names are sorted by their bytes. Valid until <see cref="Dispose"/>.</summary>
    public abstract ReadOnlySpan<byte> NameOf(int index);

    /// <summary>What the entry is, links not followed.</summary>
    /// <returns>False where it vanished after it was listed.</returns>
    /// <exception cref="SourceException">Its status cannot be read.</exception>
    public abstract bool TryGetStatus(int index, out FileStatus status);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A regular file open for reading from start to end. Not thread safe.</summary>
public abstract class SourceFile : IDisposable
{
    /// <summary>Where it was opened.</summary>
    public abstract DiskPath Path { get; }

    /// <summary>What the open file was when it was opened.</summary>
    public abstract FileStatus Status { get; }

    /// <summary>The next bytes of the file: 1 to the length of the buffer, or 0 at its end.</summary>
    public abstract int Read(Span<byte> buffer);

    /// <summary>Passes over the next bytes; beyond the end there is nothing to read. By default they are read.</summary>
    public virtual void Skip(long bytes)
    {
        byte[] passed = new byte[(int)Math.Min(bytes, 64 * 1024)];
        while (bytes > 0 && Read(passed.AsSpan(0, (int)Math.Min(bytes, passed.Length))) is > 0 and int read)
        {
            bytes -= read;
        }
    }

    /// <summary>
    /// Asks the system to forget what it keeps of the file in memory, so that the next reading comes from the disk. A wish; never fails.
    /// By default nothing is done.
    /// </summary>
    public virtual void ForgetCached()
    {
    }

    /// <summary>What the open file is now; compare with <see cref="FileStatus.IsSameContent"/> to notice a change while it was read.</summary>
    public abstract FileStatus StatusNow();

    /// <summary>As <see cref="SourceFileSystem.CreateNode"/>, with status and attributes of the open file.</summary>
    public Node CreateNode(byte[] name, Func<long, short> offsetOf, bool withAccessTime, Action<string> problem)
    {
        Node node = Status.ToNode(name, offsetOf, withAccessTime);
        AddMetadata(node, problem);
        return node;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Adds what the status does not know.</summary>
    private protected abstract void AddMetadata(Node node, Action<string> problem);
}
