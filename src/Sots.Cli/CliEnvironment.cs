using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Sots.Backup.Alarms;
using Sots.Cli.Output;
using Sots.Restic.Crypto;
using Sots.Unreal;
using Spectre.Console;

namespace Sots.Cli;

/// <summary>Everything a command takes from the process around it, so that tests can put something else in its place.</summary>
internal sealed record CliEnvironment
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Problems.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Where <see cref="Out"/> ends up, for what is no text; null where there is only text.</summary>
    public Stream? OutBytes { get; init; }

    /// <summary>The same for <see cref="Error"/>.</summary>
    public Stream? ErrorBytes { get; init; }

    /// <summary>Why results were lost on their way out, or null.</summary>
    public Func<string?> OutputFailure { get; init; } = static () => null;

    /// <summary>Value of an environment variable; null where it is not set. An empty one counts as not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Time and time zone.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>What relative paths are relative to. Null is a folder that is gone: whoever asks for it then cannot go on.</summary>
    /// <exception cref="UsageException">It is gone.</exception>
    [AllowNull]
    public required string WorkingDirectory
    {
        get => field ?? throw new UsageException("the folder that this was started in is gone", "It was deleted or replaced since. Go into a folder that is there (`cd` to it again), and try again.");
        init;
    }

    /// <summary>Name of this host, as snapshots record it.</summary>
    public required string Host { get; init; }

    /// <summary>Cost of the password check of new repositories; null for the default. Tests make it cheap.</summary>
    public ScryptParameters? KeyCost { get; init; }

    /// <summary>A terminal for live progress, or null.</summary>
    public TerminalScreen? Screen { get; init; }

    /// <summary>Room on the drive that holds a path; null where it is not known.</summary>
    public Func<string, DriveSpace?> FreeSpace { get; init; } = DriveSpace.Find;

    /// <summary>Looks for an editor that has the project of a folder open.</summary>
    public Func<string, CancellationToken, EditorFinding> FindEditor { get; init; } =
        static (folder, cancellationToken) => UnrealProject.Find(folder) is { } project ? UnrealEditors.Find(project, cancellationToken) : new EditorFinding(null, 0);

    /// <summary>Asks a person for a secret without showing it; null where there is nobody to ask.</summary>
    public Func<string, CancellationToken, char[]>? AskSecret { get; init; }

    /// <summary>Asks a person a question that only "y" or "yes" agrees to; null where there is nobody to ask.</summary>
    public Func<string, CancellationToken, bool>? AskYesNo { get; init; }

    /// <summary>The process's own streams, variables, clock and folder.</summary>
    public static CliEnvironment OfProcess()
    {
        UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
        ConsoleCodePage.Current.GiveBackAtExit();

        // Without this a Windows console would show names in its old code page.
        Console.OutputEncoding = utf8;
        GuardedOutput output = new(Console.OpenStandardOutput());
        GuardedOutput error = new(Console.OpenStandardError());
        return new CliEnvironment
        {
            Out = TextWriter.Synchronized(new StreamWriter(output, utf8, 16 * 1024) { AutoFlush = false }),
            Error = TextWriter.Synchronized(new StreamWriter(error, utf8, 1024) { AutoFlush = true }),
            OutBytes = output,
            ErrorBytes = error,
            OutputFailure = () => output.Failure,
            Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
            Clock = TimeProvider.System,
            WorkingDirectory = FindWorkingDirectory(),
            Host = Dns.GetHostName(),
            Screen = FindScreen(),
            AskSecret = Console.IsInputRedirected ? null : SecretPrompt.Ask,
            AskYesNo = Console.IsInputRedirected || Console.IsErrorRedirected || Console.IsOutputRedirected ? null : ConfirmPrompt.Ask,
        };
    }

    /// <summary>A path as the user typed it, made absolute.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, WorkingDirectory);

    private static string? FindWorkingDirectory()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            // Unix lets a folder be deleted while programs are in it.
            return null;
        }
    }

    private static TerminalScreen? FindScreen()
    {
        if (Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") == "dumb")
        {
            return null;
        }

        // Spectre knows the terminals of all systems and switches old Windows consoles to escape sequences.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Capabilities.Ansi)
        {
            return null;
        }

        TerminalScreen screen = new(
            Console.Error, () => console.Profile.Width, console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors,
            console.Profile.Capabilities.Unicode, TaskbarProgress.IsKnown(Environment.GetEnvironmentVariable));

        // A second Ctrl-C ends the process without unwinding; the terminal is left clean all the same.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => screen.AtExit?.Invoke();
        return screen;
    }
}
