namespace Sots.Cli.Runs;

/// <summary>How much a line of a log matters.</summary>
internal enum RunLogLevel
{
    /// <summary>What helps to find out what happened: single files, packs, locks.</summary>
    Debug,

    /// <summary>What the console shows too.</summary>
    Info,

    /// <summary>Problems that did not end the run.</summary>
    Warn,

    /// <summary>Why the run ended, and how. Never left out.</summary>
    Error,
}
