namespace Sots.Cli;

/// <summary>Asks on the terminal for leave. Anything but "y" or "yes" is a no, and so is the end of the input.</summary>
internal static class YesNoPrompt
{
    /// <summary>Asks.</summary>
    public static bool Ask(string question, CancellationToken cancellationToken)
    {
        Console.Error.Write(question);
        string? answer = Console.ReadLine();
        cancellationToken.ThrowIfCancellationRequested();
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
