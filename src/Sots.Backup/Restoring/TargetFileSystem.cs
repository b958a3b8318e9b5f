using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// Writes to the disk that a restore goes to. Everything happens relative to directories that are held open, so that nobody who can
/// write into the target can lead the restore out of it by swapping a directory for a link. Thread safe.
/// </summary>
/// <remarks>
/// Linux: every step is relative to a descriptor opened without following links. Windows: directories are held open without sharing
/// deletion, which keeps them and all above them from being renamed or replaced. macOS: by path, without this protection.
/// What goes wrong in the world is a <see cref="TargetException"/>, nothing else.
/// </remarks>
public abstract class TargetFileSystem
{
    /// <summary>The one of this system.</summary>
    public static TargetFileSystem Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsTargetFileSystem()
        : OperatingSystem.IsLinux() ? new LinuxTargetFileSystem()
        : new PortableTargetFileSystem();

    /// <summary>Whether a new file has its metadata before it is renamed: <see cref="TargetFile.TryApplyMetadata"/> works.</summary>
    internal virtual bool GivesMetadataBeforeNames => false;

    /// <summary>Opens the directory that a restore goes to. Links on the way to it are the user's own and followed.</summary>
    /// <param name="target">Absolute and cleaned.</param>
    /// <param name="create">Make it, and what is missing above it, with access for the user alone.</param>
    public abstract TargetDirectory OpenRoot(DiskPath target, bool create);
}

/// <summary>
/// A directory of the target, held open. Its operations may be used from several threads at once; <see cref="Dispose"/> only when they
/// are done. Names are refused by <see cref="TargetNames"/> before anything is done.
/// </summary>
public abstract class TargetDirectory : IDisposable
{
    private const int TemporaryDigits = 16;
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);
    private readonly PathRules _rules;

    private protected TargetDirectory(DiskPath path, PathRules rules)
    {
        Path = path;
        _rules = rules;
    }

    /// <summary>Where it was opened; for messages.</summary>
    public DiskPath Path { get; }

    /// <summary>Whether <see cref="OpenOrCreateDirectory"/> made it, so that nothing was in it.</summary>
    public bool WasCreated { get; private protected init; }

    /// <summary>Opens a directory in this one. A link is not followed.</summary>
    public TargetDirectory OpenDirectory(ReadOnlySpan<byte> name) => OpenDirectoryCore(Existing("open", name), create: false);

    /// <summary>
    /// Opens a directory in this one, making it with access for the user alone where it is not there. What is there and no directory, a
    /// link for example, is removed. Own directories that do not let their owner in are opened up; their metadata are applied at the end.
    /// </summary>
    public TargetDirectory OpenOrCreateDirectory(ReadOnlySpan<byte> name) => OpenDirectoryCore(Wanted("create", name), create: true);

    /// <summary>The names in this directory, sorted by their bytes.</summary>
    public abstract List<byte[]> Entries();

    /// <summary>What an entry is, links not followed; false where there is none.</summary>
    public bool TryGetStatus(ReadOnlySpan<byte> name, out FileStatus status) => TryGetStatusCore(Existing("lstat", name), out status);

    /// <summary>
    /// Opens a file for writing at any place. A regular file with no other hard link is opened with its content; anything else under the
    /// name is removed first (a directory only if it is empty) and a new file made with access for the user alone.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="existed">Whether content was there.</param>
    public TargetFile OpenForWrite(ReadOnlySpan<byte> name, out bool existed) => OpenForWriteCore(Wanted("create", name), out existed);

    /// <summary>Opens a regular file for reading, links not followed. Changes nothing.</summary>
    public TargetFile OpenForRead(ReadOnlySpan<byte> name) => OpenForReadCore(Existing("open", name));

    /// <summary>Makes a new file with access for the user alone.</summary>
    /// <exception cref="TargetException"><see cref="TargetErrorKind.Exists"/> where the name is taken.</exception>
    public TargetFile CreateFile(ReadOnlySpan<byte> name) => CreateFileCore(Wanted("create", name));

    /// <summary>Makes a new file under a name of its own, to be renamed when it is complete.</summary>
    /// <param name="name">The name it got, see <see cref="NewTemporaryName"/>.</param>
    public TargetFile CreateTemporary(out byte[] name)
    {
        name = NewTemporaryName();
        return CreateFileCore(name);
    }

    /// <summary>A name that nothing has: ".sots-", 16 random hex digits, ".tmp".</summary>
    public static byte[] NewTemporaryName() =>
        [.. TemporaryPrefix, .. Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(TemporaryDigits, lowercase: true)), .. TemporarySuffix];

    /// <summary>Whether a name has exactly the form of <see cref="NewTemporaryName"/>.</summary>
    public static bool IsTemporaryName(ReadOnlySpan<byte> name) =>
        name.Length == TemporaryPrefix.Length + TemporaryDigits + TemporarySuffix.Length
        && name.StartsWith(TemporaryPrefix)
        && name.EndsWith(TemporarySuffix)
        && !name.Slice(TemporaryPrefix.Length, TemporaryDigits).ContainsAnyExcept(HexDigits);

    /// <summary>Renames an entry of this directory; a file or link under the new name is replaced in the same instant.</summary>
    public void RenameOver(ReadOnlySpan<byte> temporary, ReadOnlySpan<byte> name) =>
        RenameOverCore(Existing("rename", temporary), Wanted("rename", name));

    /// <summary>Makes a symbolic link. Its target is not looked at.</summary>
    /// <exception cref="TargetException"><see cref="TargetErrorKind.Exists"/> where the name is taken.</exception>
    public void CreateSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        byte[] link = Wanted("symlink", name);
        if (target.IsEmpty || target.Contains((byte)0))
        {
            throw new TargetException(
                TargetErrorKind.Other, "symlink", PathOf(name), target.IsEmpty ? "its target is empty" : "its target contains a NUL byte");
        }

        CreateSymlinkCore(link, target);
    }

    /// <summary>Makes another name for a regular file. A link in its place is not followed but refused.</summary>
    /// <exception cref="TargetException"><see cref="TargetErrorKind.Exists"/> where the name is taken.</exception>
    public void CreateHardLink(TargetDirectory existingDirectory, ReadOnlySpan<byte> existingName, ReadOnlySpan<byte> name)
    {
        byte[] wanted = Wanted("link", name);
        byte[] existing = existingDirectory.Existing("link", existingName);
        if (!existingDirectory.TryGetStatusCore(existing, out FileStatus status) || !status.IsFile)
        {
            throw new TargetException(
                TargetErrorKind.Other, "link", PathOf(name), $"{existingDirectory.PathOf(existing)} is not a regular file");
        }

        CreateHardLinkCore(existingDirectory, existing, wanted);
    }

    /// <summary>Makes the pipe or device that a node describes.</summary>
    /// <exception cref="TargetException"><see cref="TargetErrorKind.Exists"/> where the name is taken.</exception>
    public void CreateSpecial(Node node)
    {
        byte[] name = Wanted("mknod", node.Name);
        if (node.Type is not (NodeType.Fifo or NodeType.BlockDevice or NodeType.CharDevice))
        {
            throw new TargetException(TargetErrorKind.Other, "mknod", PathOf(name), $"a node of type {node.Type} is not restored");
        }

        CreateSpecialCore(name, node);
    }

    /// <summary>Removes an entry; a link, not what it leads to.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="recursive">Also a directory with everything in it; otherwise only an empty one.</param>
    /// <returns>False where there was none.</returns>
    public bool Remove(ReadOnlySpan<byte> name, bool recursive) => RemoveCore(Existing("remove", name), recursive);

    /// <summary>
    /// Gives an entry the metadata of its node: owner, extended attributes (those the node does not have are removed), generic
    /// attributes, times, and last the mode, which a symbolic link has not. Set-id and sticky bits are dropped unless a privileged
    /// process restored the owner: they are a promise about an owner. The entry must be of the node's type.
    /// </summary>
    /// <param name="node">The node; its name is that of the entry.</param>
    /// <param name="options">How.</param>
    /// <param name="problem">Told, in one sentence, about each part that could not be applied; the others are applied nevertheless.</param>
    public void ApplyMetadata(Node node, MetadataOptions options, Action<string> problem) =>
        ApplyMetadataCore(Existing("restore metadata of", node.Name), node, options, problem);

    /// <summary>As <see cref="ApplyMetadata"/>, for this directory itself.</summary>
    public void ApplyOwnMetadata(Node node, MetadataOptions options, Action<string> problem) =>
        ApplyMetadataCore(null, node, options, problem);

    /// <summary>
    /// Hands everything that was written to the file system of this directory to the disk, where the system has one call for that; what the
    /// disk did not take since the directory was opened is an error. Does nothing elsewhere.
    /// </summary>
    public virtual void FlushFileSystem()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    private static ReadOnlySpan<byte> TemporaryPrefix => ".sots-"u8;

    private static ReadOnlySpan<byte> TemporarySuffix => ".tmp"u8;

    private protected abstract TargetDirectory OpenDirectoryCore(byte[] name, bool create);

    private protected abstract bool TryGetStatusCore(byte[] name, out FileStatus status);

    private protected abstract TargetFile OpenForWriteCore(byte[] name, out bool existed);

    private protected abstract TargetFile OpenForReadCore(byte[] name);

    private protected abstract TargetFile CreateFileCore(byte[] name);

    private protected abstract void RenameOverCore(byte[] temporary, byte[] name);

    private protected abstract void CreateSymlinkCore(byte[] name, ReadOnlySpan<byte> target);

    private protected abstract void CreateHardLinkCore(TargetDirectory existingDirectory, byte[] existingName, byte[] name);

    private protected abstract void CreateSpecialCore(byte[] name, Node node);

    private protected abstract bool RemoveCore(byte[] name, bool recursive);

    /// <summary>Applies metadata to an entry, or to the directory itself where the name is null.</summary>
    private protected abstract void ApplyMetadataCore(byte[]? name, Node node, MetadataOptions options, Action<string> problem);

    private protected DiskPath PathOf(ReadOnlySpan<byte> name) => Path.Join(name);

    /// <summary>A name under which something is to be made.</summary>
    private byte[] Wanted(string action, ReadOnlySpan<byte> name) => TargetNames.WhyRefused(name, _rules) is string reason
        ? throw new TargetException(TargetErrorKind.NameRefused, action, PathOf(name), reason)
        : name.ToArray();

    /// <summary>A name that something may have which others made: only what would lead elsewhere is refused.</summary>
    private byte[] Existing(string action, ReadOnlySpan<byte> name)
    {
        string? reason = TargetNames.WhyNotOneEntry(name);
        foreach (byte value in name)
        {
            reason ??= _rules.IsSeparator(value) || (value == (byte)':' && _rules == PathRules.Windows)
                ? $"the name contains a '{(char)value}'"
                : null;
        }

        return reason is null ? name.ToArray() : throw new TargetException(TargetErrorKind.NameRefused, action, PathOf(name), reason);
    }
}

/// <summary>A file of the target open for reading and writing. Reads and writes at different places may run at once.</summary>
public abstract class TargetFile : IDisposable
{
    /// <summary>Writes all the bytes at a place.</summary>
    public abstract void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads at a place: 1 to the length of the buffer, or 0 at the end of the file.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Makes the file this long; what is new reads as zeros and takes no room where the file system has holes.</summary>
    public abstract void SetLength(long length);

    /// <summary>
    /// Reserves room for the file without changing its length; does nothing where the file system cannot. The caller answers for the
    /// length being honest.
    /// </summary>
    /// <exception cref="TargetException"><see cref="TargetErrorKind.Full"/> where there is not that much.</exception>
    public abstract void Preallocate(long length);

    /// <summary>Makes the content last through a loss of power.</summary>
    public abstract void Flush();

    /// <summary>What the file is now.</summary>
    public abstract FileStatus Status();

    /// <summary>
    /// As <see cref="TargetDirectory.ApplyMetadata"/> through the open file, which may have another name than the node still.
    /// </summary>
    /// <returns>False where this system applies metadata by name only; nothing was done then.</returns>
    public virtual bool TryApplyMetadata(Node node, MetadataOptions options, Action<string> problem) => false;

    /// <inheritdoc/>
    public abstract void Dispose();
}
