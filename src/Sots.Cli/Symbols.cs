using System.CommandLine;

namespace Sots.Cli;

/// <summary>Makes options that behave as restic's users expect: of a repeated single value the last counts, a list grows.</summary>
internal static class Symbols
{
    /// <summary>An option with one value.</summary>
    public static Option<string?> Text(string name, string? alias, string valueName, string help) => Make<string?>(name, alias, valueName, help);

    /// <summary>An option that may be given several times.</summary>
    public static Option<string[]> List(string name, string? alias, string valueName, string help) => new(name, Aliases(alias))
    {
        Description = help + " (may be given several times)",
        HelpName = valueName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    /// <summary>A switch.</summary>
    public static Option<bool> Switch(string name, string? alias, string help) => new(name, Aliases(alias)) { Description = help };

    /// <summary>Words that a shell may offer as the option's value. They are not the only ones allowed: the command judges.</summary>
    public static Option<string?> Offering(this Option<string?> option, params string[] values)
    {
        option.CompletionSources.Add(values);
        return option;
    }

    private static Option<T> Make<T>(string name, string? alias, string valueName, string help)
        where T : class? => new(name, Aliases(alias))
    {
        Description = help,
        HelpName = valueName,
        Arity = new ArgumentArity(1, 1000),
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => result.Tokens[^1].Value as T,
    };

    private static string[] Aliases(string? alias) => alias is null ? [] : [alias];
}
