using System.Text;
using Sots.Restic;

namespace Sots.Backup.Sources;

/// <summary>
/// Leaves out everything in a directory that holds a tag file, except that file. Written <c>NAME</c>, or <c>NAME:HEADER</c> where the file
/// must begin with these bytes. The directory itself stays. Each directory is looked at once. Thread safe.
/// </summary>
public sealed class ExcludeIfPresent
{
    /// <summary>What <c>--exclude-caches</c> stands for: the Cache Directory Tagging convention.</summary>
    public const string CacheDirectories = "CACHEDIR.TAG:Signature: 8a477f597d28d172789f06886806bc55";

    /// <summary>Answers kept; a walk asks about few directories at a time, so forgetting costs next to nothing.</summary>
    private const int MaxCached = 4096;

    private readonly byte[] _name;
    private readonly byte[] _header;
    private readonly ITagFiles _files;
    private readonly PathStyle _style;
    private readonly Action<string>? _warn;
    private readonly Lock _lock = new();
    private readonly Dictionary<DiskPath, bool> _known = new(DiskPathBytes.Exact);

    /// <summary>Reads a specification.</summary>
    /// <param name="text"><c>NAME</c> or <c>NAME:HEADER</c>.</param>
    /// <param name="files">Where tag files are looked for.</param>
    /// <param name="style">How paths are written.</param>
    /// <param name="warn">Told of tag files whose header is another, or null.</param>
    /// <exception cref="RepositoryException">InvalidRequest where there is no name.</exception>
    public ExcludeIfPresent(string text, ITagFiles files, PathStyle style, Action<string>? warn = null)
    {
        int colon = text.IndexOf(':');
        if (text.Length == 0 || colon == 0)
        {
            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"--exclude-if-present: expected NAME or NAME:HEADER, found \"{text}\"");
        }

        _name = PathText.ToBytes(colon < 0 ? text : text.AsSpan(0, colon));
        _header = colon < 0 ? [] : Encoding.UTF8.GetBytes(text[(colon + 1)..]);
        _files = files;
        _style = style;
        _warn = warn;
    }

    /// <summary>Whether the entry lies in a tagged directory.</summary>
    public bool Rejects(DiskPath path)
    {
        ReadOnlySpan<byte> bytes = path.Bytes;
        int separator = bytes.Length - 1;
        while (separator >= 0 && !_style.IsSeparator(bytes[separator]))
        {
            separator--;
        }

        if (separator < 0 || bytes[(separator + 1)..].SequenceEqual(_name))
        {
            return false;
        }

        // The separator stays, so that a root is spelled right and the name can follow at once.
        ReadOnlySpan<byte> directory = bytes[..(separator + 1)];
        lock (_lock)
        {
            if (_known.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(directory, out bool tagged))
            {
                return tagged;
            }

            if (_known.Count >= MaxCached)
            {
                _known.Clear();
            }

            return _known[new DiskPath(directory.ToArray())] = IsTagged(directory);
        }
    }

    private bool IsTagged(ReadOnlySpan<byte> directory)
    {
        DiskPath tag = new([.. directory, .. _name]);
        if (!_files.Exists(tag))
        {
            return false;
        }

        byte[] start = new byte[_header.Length];
        if (_header.Length == 0 || (_files.TryReadStart(tag, start) && start.AsSpan().SequenceEqual(_header)))
        {
            return true;
        }

        _warn?.Invoke($"{tag} does not begin with the expected signature, so its directory is saved");
        return false;
    }
}
