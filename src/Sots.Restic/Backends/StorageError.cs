namespace Sots.Restic.Backends;

/// <summary>Turns what the operating system reports into the library's one exception.</summary>
internal static class StorageError
{
    /// <summary>True for everything a file operation of the runtime or of <see cref="IDurableFiles"/> may throw.</summary>
    public static bool IsOne(Exception e) => e is IOException or UnauthorizedAccessException or System.Security.SecurityException;

    /// <summary>The error to throw, with the file named and the system's words kept.</summary>
    /// <param name="e">What the operation threw.</param>
    /// <param name="verb">What was tried: <c>write</c>, <c>read</c>.</param>
    /// <param name="what">The file or folder and where it is.</param>
    /// <param name="files">Knows the system's error numbers.</param>
    public static RepositoryException Translate(Exception e, string verb, string what, IDurableFiles files)
    {
        RepositoryErrorKind kind = KindOf(e, files);
        return new RepositoryException(kind, $"cannot {verb} {what}: {e.Message}", AdviceFor(kind), e);
    }

    /// <summary>What kind of error it is.</summary>
    /// <param name="e">What the operation threw.</param>
    /// <param name="files">Knows the system's error numbers.</param>
    public static RepositoryErrorKind KindOf(Exception e, IDurableFiles files) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => RepositoryErrorKind.Missing,
        PathTooLongException => RepositoryErrorKind.InvalidRequest,
        UnauthorizedAccessException or System.Security.SecurityException => RepositoryErrorKind.PermissionDenied,
        _ => files.KindOf(e.HResult),
    };

    private static string? AdviceFor(RepositoryErrorKind kind) => kind switch
    {
        RepositoryErrorKind.StorageFull => "Free space where the repository is, then run the command again; what is stored already is used.",
        RepositoryErrorKind.PermissionDenied => "Check that this user may read and write the repository's folder.",
        RepositoryErrorKind.InvalidRequest => "No repository can be at this path; check how it is written.",
        _ => null,
    };
}
