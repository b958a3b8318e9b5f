namespace Sots.Backup.Sources;

/// <summary>What stood in the way of reading an entry of the source.</summary>
public enum SourceErrorKind
{
    /// <summary>It is not there any more, or a directory above it is not.</summary>
    Vanished,

    /// <summary>The user may not read it.</summary>
    Denied,

    /// <summary>Another program keeps it to itself (Windows: sharing violation or byte-range lock).</summary>
    Locked,

    /// <summary>It was to be a regular file and is something else.</summary>
    NotRegular,

    /// <summary>Anything else; the message has the system's reason.</summary>
    Other,
}

/// <summary>An entry of the source could not be read. A backup reports it, leaves the entry out and goes on.</summary>
public sealed class SourceException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="kind">What stood in the way.</param>
    /// <param name="action">What was tried, one word as restic prints it: <c>open</c>, <c>lstat</c>, <c>read</c>.</param>
    /// <param name="path">Of which entry.</param>
    /// <param name="reason">The reason in words.</param>
    /// <param name="inner">The cause, or null.</param>
    public SourceException(SourceErrorKind kind, string action, DiskPath path, string reason, Exception? inner = null)
        : base($"{action} {path}: {reason}", inner)
    {
        Kind = kind;
        Path = path;
        Reason = reason;
    }

    /// <summary>What stood in the way.</summary>
    public SourceErrorKind Kind { get; }

    /// <summary>The entry.</summary>
    public DiskPath Path { get; }

    /// <summary>The reason without action and path.</summary>
    public string Reason { get; }
}
