using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sots.Cli;

/// <summary>Asks for a password on the terminal; nothing of it is shown.</summary>
internal static class SecretPrompt
{
    private const int MaxLength = 4096;

    /// <summary>Asks. The caller overwrites the answer.</summary>
    /// <exception cref="NotAgreedException">Ctrl-C.</exception>
    public static char[] Ask(string question, CancellationToken cancellationToken)
    {
        char[] typed = new char[MaxLength];
        bool ctrlCWasInput = Console.TreatControlCAsInput;
        Console.Error.Write(question);
        try
        {
            // As a signal it could not interrupt the reading of a key.
            Console.TreatControlCAsInput = true;
            int length = Read(typed, static () => Console.ReadKey(intercept: true), cancellationToken);
            return typed.AsSpan(0, length).ToArray();
        }
        finally
        {
            Console.TreatControlCAsInput = ctrlCWasInput;
            Console.Error.WriteLine();
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(typed.AsSpan()));
        }
    }

    /// <summary>Reads keys until Enter; returns how many characters were typed.</summary>
    internal static int Read(char[] typed, Func<ConsoleKeyInfo> readKey, CancellationToken cancellationToken)
    {
        int length = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ConsoleKeyInfo key = readKey();
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    return length;
                case { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                    throw new NotAgreedException("No password was given.");
                case { Key: ConsoleKey.Backspace }:
                    length = Math.Max(0, length - 1);
                    break;
                case { Key: ConsoleKey.U, Modifiers: ConsoleModifiers.Control }:
                    length = 0;
                    break;
                case { KeyChar: not '\0' } when length < typed.Length:
                    typed[length++] = key.KeyChar;
                    break;
            }
        }
    }
}
