namespace Sots.Cli;

/// <summary>The command line makes no sense. Its message says what and, where it can, what would.</summary>
internal sealed class UsageException(string message, string? advice = null) : Exception(message)
{
    /// <summary>What to do instead, or null.</summary>
    public string? Advice { get; } = advice;
}
