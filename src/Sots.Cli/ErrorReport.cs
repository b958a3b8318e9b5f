using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Cli.Output;
using Sots.Restic;

namespace Sots.Cli;

/// <summary>The one place where an exception becomes a message and an exit code.</summary>
internal static class ErrorReport
{
    /// <summary>The text for code 3.</summary>
    public const string IncompleteSource = "Warning: at least one source file could not be read";

    /// <summary>The text for code 3 where everything was read, and some of it is damaged.</summary>
    public static string DamagedAssets(long count) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Warning: {count} {(count == 1 ? "asset is" : "assets are")} damaged");

    /// <summary>The text for a command that used the newest snapshot it could read.</summary>
    public const string MayBeStale = "Fatal: snapshots that cannot be read were passed over; `check` says more";

    /// <summary>The text for a check that found errors.</summary>
    public const string RepositoryContainsErrors = "Fatal: repository contains errors";

    /// <summary>Tells the reporter why the command ends, and returns the exit code.</summary>
    /// <param name="reporter">Text or JSON.</param>
    /// <param name="exception">The cause.</param>
    /// <param name="cancellation">Whether the user asked to stop.</param>
    public static int Write(IReporter reporter, Exception exception, CancellationToken cancellation)
    {
        (string message, int code) = Describe(exception, cancellation);
        reporter.Failure(message, code);
        return code;
    }

    /// <summary>Message and exit code of an exception.</summary>
    public static (string Message, int Code) Describe(Exception exception, CancellationToken cancellation) => exception switch
    {
        OperationCanceledException when cancellation.IsCancellationRequested => ("Fatal: cancelled; nothing that was complete is lost", ExitCode.Cancelled),
        NotAgreedException e => (e.Message, ExitCode.Cancelled),

        // These words are looked for by programs that drive restic; nothing may stand before them.
        RepositoryException { Kind: RepositoryErrorKind.Locked } e => (WithAdvice(e.Message, e.Advice), ExitCode.Locked),
        RepositoryException e => ("Fatal: " + WithAdvice(e.Message, e.Advice), ExitCode.Of(e.Kind)),
        SourceException e => ("Fatal: " + WithAdvice(e.Message, "Check that it is there and that this user may read it."), ExitCode.Failed),
        TargetException e => ("Fatal: " + e.Message, ExitCode.Failed),
        Demo.DemoFailedException e => ("Fatal: " + e.Message, ExitCode.Failed),
        UsageException e => ("Fatal: " + WithAdvice(e.Message, e.Advice), ExitCode.Failed),
        _ => ($"Fatal: this is a bug in {ProgramVersion.Program} {ProgramVersion.Current.Version}, please report it: {exception.GetType().FullName}: {exception.Message}", ExitCode.Failed),
    };

    private static string WithAdvice(string message, string? advice) => string.IsNullOrEmpty(advice) ? message : message + "\n" + advice;
}
