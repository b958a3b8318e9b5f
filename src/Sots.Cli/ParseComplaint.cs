using System.CommandLine;
using System.CommandLine.Parsing;

namespace Sots.Cli;

/// <summary>Finds what is wrong with a command line, in the user's words.</summary>
internal static class ParseComplaint
{
    /// <summary>The first complaint, or null.</summary>
    public static UsageException? Find(ParseResult parse, IReadOnlyList<string> arguments)
    {
        Command command = parse.CommandResult.Command;
        if (UnknownFlag(parse, arguments) is { } flag)
        {
            return UnsupportedFlags.ReasonFor(command.Name, flag) is { } reason
                ? new UsageException($"{flag} is not supported: {reason}")
                : new UsageException($"unknown flag: {flag}", Hint(NearestWord.Find(flag, FlagsOf(parse)), command));
        }

        if (parse.Errors.Count == 0)
        {
            return null;
        }

        string? word = parse.UnmatchedTokens.Count > 0 ? parse.UnmatchedTokens[0] : null;
        return word is not null && command is RootCommand
            ? new UsageException($"unknown command \"{word}\"", Hint(NearestWord.Find(word, command.Subcommands.Select(sub => sub.Name)), command))
            : word is not null
                ? new UsageException($"'{word}' is one argument too many for {command.Name}", Hint(null, command))
                : new UsageException(parse.Errors[0].Message.TrimEnd('.'), Hint(null, command));
    }

    /// <summary>
    /// A word that looks like a flag but was taken as an argument, because the command takes any number of them. Words behind <c>--</c> are
    /// arguments whatever they look like; they are the last ones.
    /// </summary>
    private static string? UnknownFlag(ParseResult parse, IReadOnlyList<string> arguments)
    {
        int separator = arguments.IndexOf("--");
        int literal = separator < 0 ? 0 : arguments.Count - separator - 1;
        List<string> words =
        [
            .. parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value),
            .. parse.UnmatchedTokens,
        ];
        return words.Take(Math.Max(0, words.Count - literal)).FirstOrDefault(word => word.Length > 1 && word[0] == '-')?.Split('=')[0];
    }

    private static IEnumerable<string> FlagsOf(ParseResult parse)
    {
        for (SymbolResult? at = parse.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult result)
            {
                foreach (Option option in result.Command.Options.Where(option => result == parse.CommandResult || option.Recursive))
                {
                    yield return option.Name;
                }
            }
        }
    }

    private static string Hint(string? nearest, Command command)
    {
        string help = command is RootCommand ? "sots_backup --help" : $"sots_backup {NameOf(command)} --help";
        return (nearest is null ? "" : $"Did you mean {nearest}? ") + $"`{help}` lists what there is.";
    }

    /// <summary>The words that call a command: <c>config show</c>.</summary>
    private static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault(static parent => parent is not RootCommand) is { } parent ? $"{NameOf(parent)} {command.Name}" : command.Name;

    private static int IndexOf(this IReadOnlyList<string> list, string word)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] == word)
            {
                return i;
            }
        }

        return -1;
    }
}
