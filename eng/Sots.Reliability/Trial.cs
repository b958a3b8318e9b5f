namespace Sots.Reliability;

/// <summary>One part of the programme: it hurts the program in one way and looks whether a promise breaks.</summary>
internal abstract class Trial
{
    /// <summary>Its word on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in one line for the list.</summary>
    public abstract string About { get; }

    /// <summary>What it cannot do without here (a program, root, a file system), or null where nothing is missing.</summary>
    /// <param name="settings">How it is to run.</param>
    public virtual string? WhyNot(TrialSettings settings) => null;

    /// <summary>Runs it. A broken promise is a <see cref="BrokenPromiseException"/>; figures are counted into <paramref name="result"/>.</summary>
    public abstract Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken);
}

/// <summary>Something happened that may never happen. The message says what, and with which seed, point or state.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
