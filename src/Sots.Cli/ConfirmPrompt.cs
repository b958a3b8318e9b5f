namespace Sots.Cli;

/// <summary>Asks a person on the terminal for a yes or no.</summary>
internal static class ConfirmPrompt
{
    /// <summary>Asks before something is done, and comes back only where a person agreed.</summary>
    /// <param name="environment">Who is asked.</param>
    /// <param name="question">The question.</param>
    /// <param name="notDone">Said where the answer is no.</param>
    /// <param name="nobody">Thrown where there is nobody to ask.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="NotAgreedException">The answer is no.</exception>
    public static void Require(CliEnvironment environment, string question, string notDone, UsageException nobody, CancellationToken cancellationToken)
    {
        if (!(environment.AskYesNo ?? throw nobody)(question, cancellationToken))
        {
            throw new NotAgreedException(notDone);
        }
    }

    /// <summary>Asks until there is an answer. Ctrl-C, and the end of the input, are no.</summary>
    public static bool Ask(string question, CancellationToken cancellationToken)
    {
        bool ctrlCWasInput = Console.TreatControlCAsInput;
        Console.Error.Write(question);
        try
        {
            // As a signal it could not interrupt the reading of a key.
            Console.TreatControlCAsInput = true;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                bool? answer = key switch
                {
                    { Key: ConsoleKey.C or ConsoleKey.D, Modifiers: ConsoleModifiers.Control } or { Key: ConsoleKey.Escape } => false,
                    { KeyChar: 'y' or 'Y' } => true,
                    { KeyChar: 'n' or 'N' } => false,
                    _ => null,
                };
                if (answer is { } given)
                {
                    Console.Error.Write(given ? "yes" : "no");
                    return given;
                }
            }
        }
        finally
        {
            Console.TreatControlCAsInput = ctrlCWasInput;
            Console.Error.WriteLine();
        }
    }
}
