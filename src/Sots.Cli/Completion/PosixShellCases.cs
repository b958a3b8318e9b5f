using System.Text;

namespace Sots.Cli.Completion;

/// <summary>The parts of a completion script that bash and zsh understand alike.</summary>
internal static class PosixShellCases
{
    /// <summary>
    /// A function that is told the command so far and a word; where the word is a flag with a value it sets <c>kind</c> and succeeds.
    /// </summary>
    public static string ValueFunction(IReadOnlyList<CompletionVerb> verbs)
    {
        StringBuilder script = new("_sots_backup_value()\n{\n    case \"$1/$2\" in\n");
        foreach (CompletionVerb verb in verbs)
        {
            foreach (IGrouping<string, CompletionFlag> group in verb.Flags.Where(flag => flag.Value.Kind != CompletionKind.None).GroupBy(flag => KindText(flag.Value)))
            {
                string patterns = string.Join('|', group.SelectMany(flag => flag.Names).Select(name => Quoted($"{verb.Path}/{name}")));
                script.Append($"        {patterns}) kind={Quoted(group.Key)} ;;\n");
            }
        }

        return script.Append("        *) return 1 ;;\n    esac\n}\n").ToString();
    }

    /// <summary>The branches that follow a command word: <c>"$verb/$word"</c> decides.</summary>
    public static string VerbCases(IReadOnlyList<CompletionVerb> verbs) => string.Concat(verbs.SelectMany(verb => verb.Verbs.Select(child =>
        $"                {Quoted($"{verb.Path}/{child.Name}")}) verb={Quoted(verb.Path.Length == 0 ? child.Name : $"{verb.Path} {child.Name}")} ;;\n")));

    /// <summary>How the scripts name what may be written: a word of their own, else the words to choose from.</summary>
    public static string KindText(CompletionValue value) => value.Kind switch
    {
        CompletionKind.None or CompletionKind.Text => "text",
        CompletionKind.File => "file",
        CompletionKind.Folder => "folder",
        _ => string.Join(' ', value.Choices),
    };

    /// <summary>A word that the shell takes as it is.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
