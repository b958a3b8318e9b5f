using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace Sots.Cli.Completion;

/// <summary>What stands behind a flag, or as an argument.</summary>
internal enum CompletionKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Text that nobody can guess.</summary>
    Text,

    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>One of a few words.</summary>
    Choice,
}

/// <summary>What may be written in a place.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Choices">The words, where it is one of a few.</param>
internal sealed record CompletionValue(CompletionKind Kind, IReadOnlyList<string> Choices);

/// <summary>A flag of a command.</summary>
/// <param name="Names">All its names.</param>
/// <param name="Help">What it is for.</param>
/// <param name="Value">What stands behind it.</param>
internal sealed record CompletionFlag(IReadOnlyList<string> Names, string Help, CompletionValue Value);

/// <summary>A command.</summary>
/// <param name="Path">The words that lead to it, with blanks; empty for the program itself.</param>
/// <param name="Help">What it is for.</param>
/// <param name="Flags">Its flags, and those of all commands.</param>
/// <param name="Verbs">The words that may follow, with their help.</param>
/// <param name="Argument">What else may follow.</param>
internal sealed record CompletionVerb(
    string Path, string Help, IReadOnlyList<CompletionFlag> Flags, IReadOnlyList<(string Name, string Help)> Verbs, CompletionValue Argument);

/// <summary>What a shell can complete: read from the commands themselves, so that it is never out of date.</summary>
internal static class CompletionTree
{
    /// <summary>All commands, the program itself first.</summary>
    public static IReadOnlyList<CompletionVerb> Of(RootCommand root)
    {
        List<CompletionVerb> verbs = [];
        Add(root, "", [], verbs);
        return verbs;
    }

    private static void Add(Command command, string path, IReadOnlyList<Option> inherited, List<CompletionVerb> verbs)
    {
        Option[] options = [.. command.Options.Concat(inherited).Where(option => !option.Hidden).Distinct()];
        Command[] children = [.. command.Subcommands.Where(child => !child.Hidden)];
        Argument? argument = command.Arguments.FirstOrDefault();
        verbs.Add(new CompletionVerb(
            path,
            command.Description ?? "",
            [.. options.Select(FlagOf)],
            [.. children.Select(child => (child.Name, child.Description ?? ""))],
            argument is null ? new CompletionValue(CompletionKind.None, []) : ValueOf(argument.Name, argument.GetCompletions(CompletionContext.Empty))));
        IReadOnlyList<Option> recursive = [.. options.Where(option => option.Recursive)];
        foreach (Command child in children)
        {
            Add(child, path.Length == 0 ? child.Name : $"{path} {child.Name}", recursive, verbs);
        }
    }

    private static CompletionFlag FlagOf(Option option)
    {
        bool isSwitch = option is HelpOption || option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0;
        return new CompletionFlag(
            [.. option.Aliases.Prepend(option.Name).Where(name => name.StartsWith('-') && name != "-?").Distinct()],
            option.Description ?? "",
            isSwitch ? new CompletionValue(CompletionKind.None, []) : ValueOf(option.HelpName ?? "", option.GetCompletions(CompletionContext.Empty)));
    }

    /// <summary>By the words the command offers, else by the name that help has for the value.</summary>
    private static CompletionValue ValueOf(string name, IEnumerable<CompletionItem> offered)
    {
        string[] choices = [.. offered.Select(item => item.InsertText ?? item.Label)];
        return choices.Length > 0 ? new CompletionValue(CompletionKind.Choice, choices)
            : new CompletionValue(
                name switch
                {
                    "file" or "FILE/DIR" => CompletionKind.File,
                    "folder" or "repository" => CompletionKind.Folder,
                    _ => CompletionKind.Text,
                },
                []);
    }
}
