namespace Sots.Cli;

/// <summary>A person who was asked said no, or pressed Ctrl-C. The message says what was not done for that; it is no error.</summary>
internal sealed class NotAgreedException(string message) : Exception(message);
