namespace Sots.Cli.Completion;

/// <summary>Writes the script for zsh, with the help of every flag.</summary>
internal static class ZshCompletion
{
    /// <summary>The script.</summary>
    public static string Write(IReadOnlyList<CompletionVerb> verbs) => $$"""
        #compdef sots_backup
        # Completion of sots_backup for zsh. In ~/.zshrc, behind compinit: source <(sots_backup completion zsh)
        {{PosixShellCases.ValueFunction(verbs)}}
        _sots_backup()
        {
            local cur=${words[CURRENT]} verb= word= skip= kind=text i
            local -a flags verbs
            for ((i = 2; i < CURRENT; i++)); do
                word=${words[i]}
                if [[ -n $skip ]]; then
                    skip=
                elif [[ $word == -- ]]; then
                    return
                elif _sots_backup_value "$verb" "$word"; then
                    skip=1
                elif [[ $word != -* ]]; then
                    case "$verb/$word" in
        {{PosixShellCases.VerbCases(verbs)}}            esac
                fi
            done
            if [[ -z $skip ]]; then
                case "$verb" in
        {{string.Concat(verbs.Select(Case))}}        esac
                if [[ $cur == -* ]]; then
                    _describe -o flag flags
                    return
                elif (( ${#verbs} )); then
                    _describe command verbs
                    return
                fi
            fi
            case "$kind" in
                text) ;;
                file) _files ;;
                folder) _files -/ ;;
                *) compadd -- ${=kind} ;;
            esac
        }
        compdef _sots_backup sots_backup

        """.ReplaceLineEndings("\n");

    private static string Case(CompletionVerb verb)
    {
        string flags = string.Join(' ', verb.Flags.SelectMany(flag => flag.Names.Select(name => Described(name, flag.Help))));
        string words = string.Join(' ', verb.Verbs.Select(child => Described(child.Name, child.Help)));
        return $"            {PosixShellCases.Quoted(verb.Path)}) flags=({flags}) verbs=({words}) kind={PosixShellCases.Quoted(PosixShellCases.KindText(verb.Argument))} ;;\n";
    }

    private static string Described(string name, string help) => PosixShellCases.Quoted($"{name}:{help}");
}
