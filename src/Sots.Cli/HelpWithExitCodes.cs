using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sots.Cli;

/// <summary>A command of this program. It knows its exit codes, so that its help can list them.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it is for, as a user would ask.</param>
/// <param name="exitCodes">Codes it may end with, of <see cref="ExitCode"/>.</param>
internal sealed class VerbCommand(string name, string description, IReadOnlyList<int> exitCodes) : Command(name, description)
{
    /// <summary>Codes it may end with.</summary>
    public IReadOnlyList<int> ExitCodes { get; } = exitCodes;
}

/// <summary>The usual help, and below it an example and the exit codes of the command.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    /// <summary>Whoever asks for help need not have the rest right.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is VerbCommand verb)
        {
            if (HelpExamples.Find(PathOf(verb)) is { } example)
            {
                parseResult.InvocationConfiguration.Output.Write($"Example:\n  {example}\n\n");
            }

            parseResult.InvocationConfiguration.Output.Write("Exit codes:\n" + string.Concat(verb.ExitCodes.Select(code => $"  {code,3}  {ExitCode.MeaningOf(code)}\n")));
        }

        return ExitCode.Complete;
    }

    /// <summary>The words that lead to a command.</summary>
    public static string PathOf(Command command)
    {
        string? above = command.Parents.OfType<Command>().FirstOrDefault(parent => parent is not RootCommand) is { } parent ? PathOf(parent) + " " : "";
        return above + command.Name;
    }
}
