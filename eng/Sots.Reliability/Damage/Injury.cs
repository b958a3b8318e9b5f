using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Reliability.Damage;

/// <summary>What an injury may leave behind.</summary>
internal enum Trace
{
    /// <summary>A full check must find it and name the file.</summary>
    Named,

    /// <summary>Something that only takes room: no error, or one that names the file.</summary>
    Harmless,

    /// <summary>The format cannot know of it: what was there is simply not there any more.</summary>
    None,
}

/// <summary>One way to hurt a repository.</summary>
/// <param name="How">In words.</param>
/// <param name="File">The file it is done to.</param>
/// <param name="Altered">The files that are other now.</param>
/// <param name="Trace">What must be seen of it.</param>
internal sealed record Injury(string How, FileHandle File, IReadOnlyDictionary<FileHandle, byte[]?> Altered, Trace Trace = Trace.Named)
{
    private const int Page = 4096;

    /// <summary>All of them, in a fixed order.</summary>
    public static IEnumerable<Injury> Of(DamageScene scene)
    {
        IReadOnlyList<FileHandle> files = scene.InOrder;
        foreach (FileHandle file in files)
        {
            byte[] content = scene.Files[file];
            foreach (Injury injury in Bytes(file, content).Concat(Places(scene, file, content, files)))
            {
                yield return injury;
            }
        }
    }

    private static IEnumerable<Injury> Bytes(FileHandle file, byte[] content)
    {
        // Start with its nonce, the middle, and the end: MAC, header, trailer.
        foreach (int at in (int[])[0, 15, 16, content.Length / 4, content.Length / 2, content.Length * 3 / 4, content.Length - 60, content.Length - 5, content.Length - 1])
        {
            int offset = Math.Clamp(at, 0, content.Length - 1);
            yield return Changed($"bit at byte {offset}", bytes => bytes[offset] ^= 0x10);
            yield return Changed($"byte {offset}", bytes => bytes[offset] ^= 0xFF);
            yield return Changed($"zeros from byte {offset}", bytes => bytes.AsSpan(offset, Math.Min(Page, bytes.Length - offset)).Clear());
        }

        yield return Other("cut by a byte", content[..^1]);
        yield return Other("first byte gone", content[1..]);
        yield return Other("cut in half", content[..(content.Length / 2)]);
        yield return Other("a byte longer", [.. content, 0]);
        yield return Other("all zeros", new byte[content.Length]);

        // Whoever writes a lock may be about to: an empty one is nobody's.
        yield return new("emptied", file, new Dictionary<FileHandle, byte[]?> { [file] = [] }, file.Type == FileType.Lock ? Trace.None : Trace.Named);

        // The password's only key: what is not there cannot be named, and nothing opens.
        yield return new(
            "deleted", file, new Dictionary<FileHandle, byte[]?> { [file] = null },
            file.Type is FileType.Snapshot or FileType.Lock ? Trace.None : file.Type == FileType.Index ? Trace.Harmless : Trace.Named);

        Injury Changed(string how, Action<byte[]> change)
        {
            byte[] other = [.. content];
            change(other);
            return new(how, file, new Dictionary<FileHandle, byte[]?> { [file] = other }, other.AsSpan().SequenceEqual(content) ? Trace.Harmless : Trace.Named);
        }

        Injury Other(string how, byte[] other) => new(how, file, new Dictionary<FileHandle, byte[]?> { [file] = other });
    }

    private static IEnumerable<Injury> Places(DamageScene scene, FileHandle file, byte[] content, IReadOnlyList<FileHandle> files)
    {
        if (file.Type == FileType.Config)
        {
            // An old version of it: that of another repository.
            yield return new("that of another repository", file, new Dictionary<FileHandle, byte[]?> { [file] = Sots.Testing.SplitMix.Bytes(9, content.Length) });
            yield break;
        }

        foreach (FileHandle other in files.Where(other => other.Type == file.Type && other.Name.CompareTo(file.Name) > 0))
        {
            yield return new("swapped with another", file, new Dictionary<FileHandle, byte[]?> { [file] = scene.Files[other], [other] = content });
        }

        foreach (FileType type in Enum.GetValues<FileType>().Where(type => type != FileType.Config && type != file.Type))
        {
            FileHandle copy = new(type, file.Name);
            yield return new($"copied to the {type} files", copy, new Dictionary<FileHandle, byte[]?> { [copy] = content }, type == FileType.Pack ? Trace.Harmless : Trace.Named);
        }

        // An old version put back: a file under a name that is gone from the rest.
        FileHandle renamed = new(file.Type, ContentId.Of(file.Name.Bytes));
        yield return new(
            "renamed", file.Type == FileType.Key ? renamed : file, new Dictionary<FileHandle, byte[]?> { [file] = null, [renamed] = content },
            file.Type is FileType.Snapshot or FileType.Lock or FileType.Index ? Trace.Harmless : Trace.Named);
    }
}
