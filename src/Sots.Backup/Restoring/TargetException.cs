namespace Sots.Backup.Restoring;

/// <summary>What stood in the way of changing the target.</summary>
public enum TargetErrorKind
{
    /// <summary>The user may not do it there.</summary>
    Denied,

    /// <summary>No room is left, or a quota is used up.</summary>
    Full,

    /// <summary>Something else is there that was to be removed first.</summary>
    Exists,

    /// <summary>The system cannot keep an entry of this name, or no system may be asked to.</summary>
    NameRefused,

    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>Another program keeps it open (Windows), also after some retries.</summary>
    Locked,

    /// <summary>Anything else; the message has the reason.</summary>
    Other,
}

/// <summary>An entry of the target could not be made, changed or removed. A restore reports it and goes on with the rest.</summary>
public sealed class TargetException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="kind">What stood in the way.</param>
    /// <param name="action">What was tried: <c>create</c>, <c>write</c>, <c>remove</c>.</param>
    /// <param name="path">Of which entry.</param>
    /// <param name="reason">The reason in words.</param>
    /// <param name="inner">The cause, or null.</param>
    public TargetException(TargetErrorKind kind, string action, DiskPath path, string reason, Exception? inner = null)
        : base($"{action} {path}: {reason}", inner)
    {
        Kind = kind;
        Path = path;
        Reason = reason;
    }

    /// <summary>What stood in the way.</summary>
    public TargetErrorKind Kind { get; }

    /// <summary>The entry.</summary>
    public DiskPath Path { get; }

    /// <summary>The reason without action and path.</summary>
    public string Reason { get; }
}
