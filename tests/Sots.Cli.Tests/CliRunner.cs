using System.Text;
using Sots.Backup.Alarms;
using Sots.Restic.Crypto;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary>What a command wrote and how it ended.</summary>
internal sealed record CliResult(int Code, string Out, string Error)
{
    /// <summary>Lines of the output stream.</summary>
    public string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lines of the error stream.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs commands in this process, in a folder and with variables of their own.</summary>
internal sealed class CliRunner(TempFolder folder)
{
    /// <summary>The variables; nothing of the real environment is seen.</summary>
    public Dictionary<string, string> Variables { get; } = new() { ["RESTIC_PASSWORD"] = "correct horse" };

    /// <summary>Folder the commands run in.</summary>
    public string WorkingDirectory { get; set; } = folder.Path;

    /// <summary>Time.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Room on every drive; null where it is not known.</summary>
    public DriveSpace? Space { get; set; }

    /// <summary>The editor that has the project open; null for none.</summary>
    public string? Editor { get; set; }

    /// <summary>Name of the computer.</summary>
    public string Host { get; set; } = "testhost";

    /// <summary>Answers questions; null where there is nobody to ask.</summary>
    public Func<string, bool>? Answer { get; set; }

    /// <summary>Runs a command.</summary>
    public async Task<CliResult> RunAsync(params string[] arguments) => await RunAsync(CancellationToken.None, arguments);

    /// <summary>Runs a command that can be cancelled.</summary>
    public async Task<CliResult> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        StringBuilder output = new(), error = new();
        CliEnvironment environment = Environment(new StringWriter(output), new StringWriter(error));
        int code = await CliRoot.RunAsync(arguments, environment, cancellationToken);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    /// <summary>The surroundings of a command.</summary>
    public CliEnvironment Environment(TextWriter output, TextWriter error) => new()
    {
        Out = TextWriter.Synchronized(output),
        Error = TextWriter.Synchronized(error),
        Variable = name => Variables.GetValueOrDefault(name),
        Clock = Clock,
        FreeSpace = _ => Space,
        FindEditor = (_, _) => new Sots.Unreal.EditorFinding(Editor, 0),
        WorkingDirectory = WorkingDirectory,
        Host = Host,
        AskYesNo = Answer is { } answer ? (question, _) => answer(question) : null,
        KeyCost = new ScryptParameters(16, 1, 1),
    };
}
