using Sots.Restic;

namespace Sots.Cli;

/// <summary>The exit codes: restic's. A caller must treat any other code as a failure.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Complete = 0;

    /// <summary>Failed; a backup made no snapshot.</summary>
    public const int Failed = 1;

    /// <summary>A snapshot was saved, but some files could not be read.</summary>
    public const int Incomplete = 3;

    /// <summary>There is no repository at the location.</summary>
    public const int NoRepository = 10;

    /// <summary>Another process holds a lock.</summary>
    public const int Locked = 11;

    /// <summary>The password is wrong.</summary>
    public const int WrongPassword = 12;

    /// <summary>Ctrl-C, or the signal to end.</summary>
    public const int Cancelled = 130;

    private static readonly (int Code, string Meaning)[] Meanings =
    [
        (Complete, "everything was done"),
        (Failed, "it failed; a backup made no snapshot"),
        (Incomplete, "a snapshot was saved, but some files could not be read"),
        (NoRepository, "there is no repository at the location"),
        (Locked, "the repository is locked by another process"),
        (WrongPassword, "the password is wrong"),
        (Cancelled, "it was cancelled"),
    ];

    /// <summary>The code for a kind of error.</summary>
    public static int Of(RepositoryErrorKind kind) => kind switch
    {
        RepositoryErrorKind.NoRepository => NoRepository,
        RepositoryErrorKind.Locked => Locked,
        RepositoryErrorKind.WrongPassword => WrongPassword,
        _ => Failed,
    };

    /// <summary>Lines for the help of a command that opens a repository.</summary>
    public static string HelpForRepository => Help(Complete, Failed, NoRepository, Locked, WrongPassword, Cancelled);

    /// <summary>Lines for the help of a command that saves files.</summary>
    public static string HelpForBackup => Help(Complete, Failed, Incomplete, NoRepository, Locked, WrongPassword, Cancelled);

    /// <summary>Lines for the help of any other command.</summary>
    public static string HelpForOthers => Help(Complete, Failed, Cancelled);

    private static string Help(params int[] codes) =>
        "\n\nExit codes:\n" + string.Join('\n', Meanings.Where(entry => codes.Contains(entry.Code)).Select(entry => $"{entry.Code,5}  {entry.Meaning}"));
}
