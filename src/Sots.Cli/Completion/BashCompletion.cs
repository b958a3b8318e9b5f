namespace Sots.Cli.Completion;

/// <summary>Writes the script for bash 4 and later.</summary>
internal static class BashCompletion
{
    /// <summary>The script.</summary>
    public static string Write(IReadOnlyList<CompletionVerb> verbs) => $$"""
        # Completion of sots_backup for bash. In ~/.bashrc: source <(sots_backup completion bash)
        {{PosixShellCases.ValueFunction(verbs)}}
        _sots_backup()
        {
            local cur=${COMP_WORDS[COMP_CWORD]} verb= word= skip= kind=text flags= words= i
            COMPREPLY=()
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
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
                    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
                    return
                elif [[ -n $words ]]; then
                    COMPREPLY=($(compgen -W "$words" -- "$cur"))
                    return
                fi
            fi
            case "$kind" in
                text) ;;
                file|folder)
                    local IFS=$'\n' which=-f
                    [[ $kind == folder ]] && which=-d
                    COMPREPLY=($(compgen $which -- "$cur"))
                    compopt -o filenames 2>/dev/null
                    ;;
                *) COMPREPLY=($(compgen -W "$kind" -- "$cur")) ;;
            esac
        }
        complete -F _sots_backup sots_backup

        """.ReplaceLineEndings("\n");

    private static string Case(CompletionVerb verb)
    {
        string flags = string.Join(' ', verb.Flags.SelectMany(flag => flag.Names));
        string words = string.Join(' ', verb.Verbs.Select(child => child.Name));
        return $"            {PosixShellCases.Quoted(verb.Path)}) flags={PosixShellCases.Quoted(flags)} words={PosixShellCases.Quoted(words)} kind={PosixShellCases.Quoted(PosixShellCases.KindText(verb.Argument))} ;;\n";
    }
}
