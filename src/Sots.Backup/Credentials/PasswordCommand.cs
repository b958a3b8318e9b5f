using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Sots.Restic;

namespace Sots.Backup.Credentials;

/// <summary>
/// A program whose output is the password. It is started without a shell; its error stream is the terminal's. It gets our variables, for a
/// password safe needs to know where it is and who asks, but not a password that stands in one of them.
/// </summary>
public static class PasswordCommand
{
    /// <summary>Runs the command and reads its output. Cancelling ends it.</summary>
    /// <param name="command">Program and arguments, split by <see cref="CommandLineWords"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">InvalidRequest: it cannot be started, fails, or prints too much.</exception>
    public static async Task<Password> RunAsync(string command, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> words = CommandLineWords.Split(command, "--password-command");
        ProcessStartInfo start = new(words[0], words.Skip(1)) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment.Remove("RESTIC_PASSWORD");
        byte[] buffer = GC.AllocateUninitializedArray<byte>(PasswordText.MaxBytes + 1, pinned: true);
        try
        {
            using Process process = Process.Start(start) ?? throw Failed(words[0], "it did not start", null);
            try
            {
                int length = await process.StandardOutput.BaseStream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
                if (length > PasswordText.MaxBytes)
                {
                    throw Failed(words[0], $"it printed more than {PasswordText.MaxBytes} bytes", null);
                }

                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                return process.ExitCode == 0
                    ? PasswordText.Parse(buffer.AsSpan(0, length), "the output of --password-command")
                    : throw Failed(words[0], string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {process.ExitCode}"), null);
            }
            finally
            {
                End(process);
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw Failed(words[0], e.Message, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile.
        }
    }

    // Only the program is named: its arguments may hold a secret.
    private static RepositoryException Failed(string program, string why, Exception? inner) =>
        new(RepositoryErrorKind.InvalidRequest, $"The password command {program} failed: {why.TrimEnd('.')}.", "Try it in a terminal; it has to print the password and end with exit code 0.", inner);
}
