using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Sots.Cli.InstalledRestic;

/// <summary>Runs an installed restic: its output goes on as it comes, byte for byte, and line by line into the log.</summary>
internal static class ResticChild
{
    /// <summary>Full path of the program.</summary>
    /// <param name="named">What the user calls it: a path, or a name to be looked for on the PATH; null for <c>restic</c>.</param>
    /// <param name="environment">Variables and folder.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Find(string? named, CliEnvironment environment)
    {
        if (named is not null && (named.Contains('/', StringComparison.Ordinal) || named.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            string path = environment.FullPath(named);
            return File.Exists(path) ? path : throw new UsageException($"there is no program {path}", "Name the right one with --restic-program.");
        }

        string name = named ?? "restic";
        return EditorTask.ProgramLocation.Find(name, environment) ?? throw new UsageException(
            $"there is no program {name} on this computer, as far as the PATH says",
            $"{InstallHint.OfThisSystem()}\nYou need it only for this command: everything else in sots_backup works without it.");
    }

    /// <summary>Runs it to its end. Cancelling hands the signal on and still waits: the child cleans up as restic does.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="start">Program, arguments and variables.</param>
    /// <param name="secret">Whether its output is not for the log; its errors are, which say why it failed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The child's exit code.</returns>
    /// <exception cref="UsageException">It cannot be started.</exception>
    public static async Task<int> RunAsync(CommandRun run, ProcessStartInfo start, bool secret, CancellationToken cancellationToken)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = run.Environment.WorkingDirectory;
        using Process child = Start(start);
        using CancellationTokenRegistration told = cancellationToken.Register(() => ChildSignal.Current.Send(child, Interruption.Last));
        if (secret)
        {
            run.Reporter.ChildLine("(the output of cat and dump is not logged)", isError: false);
        }

        await Task.WhenAll(
            PumpAsync(
                child.StandardOutput.BaseStream, run.Environment.OutBytes, run.Environment.Out,
                secret ? static _ => { } : line => run.Reporter.ChildLine(line, isError: false)),
            PumpAsync(child.StandardError.BaseStream, run.Environment.ErrorBytes, run.Environment.Error, line => run.Reporter.ChildLine(line, isError: true)))
            .ConfigureAwait(false);

        // Not to be cancelled: a child without its parent would go on unseen.
        await child.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return child.ExitCode;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new UsageException($"{start.FileName} did not start");
        }
        catch (Win32Exception e)
        {
            throw new UsageException($"{start.FileName} cannot be started: {e.Message}", "Name the right program with --restic-program.");
        }
    }

    private static async Task PumpAsync(Stream source, Stream? bytes, TextWriter text, Action<string> line)
    {
        ChildLines lines = new(line);
        Decoder decoder = Encoding.UTF8.GetDecoder();
        byte[] buffer = new byte[32 * 1024];
        char[] characters = new char[buffer.Length];
        await text.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        int count;
        while ((count = await source.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
        {
            if (bytes is not null)
            {
                await bytes.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
                await bytes.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await text.WriteAsync(characters.AsMemory(0, decoder.GetChars(buffer, 0, count, characters, 0)), CancellationToken.None).ConfigureAwait(false);
            }

            lines.Add(buffer.AsSpan(0, count));
        }

        lines.End();
    }
}
