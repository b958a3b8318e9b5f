using System.Text;

namespace Sots.Cli.Completion;

/// <summary>Writes the script for fish.</summary>
internal static class FishCompletion
{
    /// <summary>The script.</summary>
    public static string Write(IReadOnlyList<CompletionVerb> verbs)
    {
        StringBuilder script = new("""
            # Completion of sots_backup for fish. Save it as ~/.config/fish/completions/sots_backup.fish
            function __sots_backup_value
                switch "$argv[1]/$argv[2]"

            """);
        foreach (CompletionVerb verb in verbs)
        {
            IEnumerable<string> names = verb.Flags.Where(flag => flag.Value.Kind != CompletionKind.None).SelectMany(flag => flag.Names);
            script.Append($"        case {string.Join(' ', names.Select(name => Quoted($"{verb.Path}/{name}")))}\n            return 0\n");
        }

        script.Append("""
                end
                return 1
            end
            function __sots_backup_at
                set -l verb ''
                set -l skip ''
                for word in (commandline -opc)[2..-1]
                    if test -n "$skip"
                        set skip ''
                    else if test "$word" = --
                        return 1
                    else if __sots_backup_value "$verb" "$word"
                        set skip 1
                    else
                        switch "$verb/$word"

            """);
        foreach ((CompletionVerb verb, string child) in verbs.SelectMany(verb => verb.Verbs.Select(child => (verb, child.Name))))
        {
            script.Append($"                case {Quoted($"{verb.Path}/{child}")}\n                    set verb {Quoted($"{verb.Path} {child}".Trim())}\n");
        }

        script.Append("""
                        end
                    end
                end
                test "$verb" = "$argv[1]"
            end
            complete -c sots_backup -f

            """);
        foreach (CompletionVerb verb in verbs)
        {
            string start = $"complete -c sots_backup -n {Quoted($"__sots_backup_at {Quoted(verb.Path)}")}";
            foreach ((string name, string help) in verb.Verbs)
            {
                script.Append($"{start} -a {Quoted(name)} -d {Quoted(help)}\n");
            }

            foreach (CompletionFlag flag in verb.Flags)
            {
                script.Append($"{start} {string.Join(' ', flag.Names.Select(Named))}{ValueText(flag.Value, "-r ")} -d {Quoted(flag.Help)}\n");
            }

            if (verb.Argument.Kind is CompletionKind.File or CompletionKind.Folder or CompletionKind.Choice)
            {
                script.Append($"{start}{ValueText(verb.Argument, "")}\n");
            }
        }

        return script.ToString().ReplaceLineEndings("\n");
    }

    private static string Named(string name) => name.StartsWith("--", StringComparison.Ordinal) ? $"-l {Quoted(name[2..])}" : $"-s {Quoted(name[1..])}";

    private static string ValueText(CompletionValue value, string required) => value.Kind switch
    {
        CompletionKind.None => "",
        CompletionKind.Text => $" {required}-f",
        CompletionKind.File => $" {required}-F",
        CompletionKind.Folder => $" {required}-f -a '(__fish_complete_directories)'",
        _ => $" {required}-f -a {Quoted(string.Join(' ', value.Choices))}",
    };

    private static string Quoted(string text) =>
        $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
}
