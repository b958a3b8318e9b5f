namespace Sots.Cli.Output;

/// <summary>Something a command found out, in both forms: for people and for programs.</summary>
internal interface IReport
{
    /// <summary>For people; may have several lines.</summary>
    string ToText();

    /// <summary>One line of JSON, made by <see cref="CliJson"/>.</summary>
    string ToJson();
}
