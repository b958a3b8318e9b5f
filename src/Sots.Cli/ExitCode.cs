using Sots.Restic;

namespace Sots.Cli;

/// <summary>The exit codes: restic's. A caller must treat any other code as a failure.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Complete = 0;

    /// <summary>Failed; a backup made no snapshot.</summary>
    public const int Failed = 1;

    /// <summary>A snapshot was saved, but some files could not be read or are damaged.</summary>
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
        (Incomplete, "done with warnings: files that could not be read, damaged assets, broken references, snapshots that could not be removed, or an alarm of `status`"),
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

    /// <summary>Codes of a command that opens a repository.</summary>
    public static IReadOnlyList<int> OfReading { get; } = [Complete, Failed, NoRepository, Locked, WrongPassword, Cancelled];

    /// <summary>Codes of a command that saves files.</summary>
    public static IReadOnlyList<int> OfSaving { get; } = [Complete, Failed, Incomplete, NoRepository, Locked, WrongPassword, Cancelled];

    /// <summary>Codes of a command that judges and takes no lock.</summary>
    public static IReadOnlyList<int> OfStatus { get; } = [Complete, Failed, Incomplete, NoRepository, WrongPassword, Cancelled];

    /// <summary>Codes of a command that removes snapshots.</summary>
    public static IReadOnlyList<int> OfForgetting { get; } = [Complete, Failed, Incomplete, NoRepository, Locked, WrongPassword, Cancelled];

    /// <summary>Codes of any other command.</summary>
    public static IReadOnlyList<int> OfOthers { get; } = [Complete, Failed, Cancelled];

    /// <summary>What a code means, as half a sentence.</summary>
    public static string MeaningOf(int code) => Array.Find(Meanings, entry => entry.Code == code).Meaning;
}
