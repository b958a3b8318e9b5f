namespace Sots.Cli.Demo;

/// <summary>A step of the demo did not end as it should; the step has said why.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
