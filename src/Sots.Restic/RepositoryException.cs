namespace Sots.Restic;

/// <summary>What kind of thing went wrong; front ends turn it into an exit code.</summary>
public enum RepositoryErrorKind
{
    /// <summary>There is no repository at the location.</summary>
    NoRepository,

    /// <summary>A repository, or parts of one, is there already.</summary>
    AlreadyExists,

    /// <summary>No key file opens with the password.</summary>
    WrongPassword,

    /// <summary>Another process holds a lock that conflicts.</summary>
    Locked,

    /// <summary>Our own lock was lost or could not be refreshed in time; nothing more may be written.</summary>
    LockLost,

    /// <summary>Stored bytes are not what they should be.</summary>
    Damaged,

    /// <summary>Something that is named or indexed is not there.</summary>
    Missing,

    /// <summary>The repository needs a newer program.</summary>
    Unsupported,

    /// <summary>A number in the repository is beyond the limits this program works within.</summary>
    LimitExceeded,

    /// <summary>The storage failed to read or write.</summary>
    Storage,

    /// <summary>The storage has no room left. Never retried.</summary>
    StorageFull,

    /// <summary>The storage denies the operation. Never retried.</summary>
    PermissionDenied,

    /// <summary>What the caller asked for makes no sense (an ambiguous id, an unknown snapshot).</summary>
    InvalidRequest,
}

/// <summary>
/// The one exception the library throws for things that happen in the world. Its message names the file, offset or id and
/// says what was expected and what was found; <see cref="Advice"/> says what to do next.
/// </summary>
public sealed class RepositoryException : Exception
{
    /// <summary>Creates an error of a kind.</summary>
    /// <param name="kind">What kind of thing went wrong.</param>
    /// <param name="message">One sentence with file, offset or id, what was expected and what was found. Never a secret.</param>
    /// <param name="advice">One sentence with what to do next, or null.</param>
    /// <param name="inner">The cause, or null.</param>
    public RepositoryException(RepositoryErrorKind kind, string message, string? advice = null, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Advice = advice;
    }

    /// <summary>What kind of thing went wrong.</summary>
    public RepositoryErrorKind Kind { get; }

    /// <summary>What to do next, or null.</summary>
    public string? Advice { get; }

    /// <summary>Shorthand for the commonest kind: <paramref name="what"/> is damaged, <paramref name="how"/>.</summary>
    public static RepositoryException Damage(string what, string how, Exception? inner = null) =>
        new(RepositoryErrorKind.Damaged, $"{what} is damaged: {how}", null, inner);
}
