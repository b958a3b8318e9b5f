namespace Sots.Cli.Completion;

/// <summary>Writes the script for Windows PowerShell 5.1 and PowerShell 7.</summary>
internal static class PowerShellCompletion
{
    /// <summary>The script.</summary>
    public static string Write(IReadOnlyList<CompletionVerb> verbs) => $$"""
        # Completion of sots_backup for PowerShell. In $PROFILE: sots_backup completion powershell | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName sots_backup, sots_backup.exe -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $tree = New-Object System.Collections.Hashtable
        {{string.Concat(verbs.Select(Entry))}}    $verb = ''
            $flag = $null
            foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
                if ($element.Extent.EndOffset -ge $cursorPosition) { break }
                $word = $element.Extent.Text
                if ($word -ceq '--') { return }
                if ($null -ne $flag) { $flag = $null; continue }
                $flag = $tree[$verb].Flags | Where-Object { $_.Name -ceq $word -and $_.Kind -cne 'none' } | Select-Object -First 1
                if ($null -ne $flag) { continue }
                $next = "$verb $word".Trim()
                if (-not $word.StartsWith('-') -and $tree.ContainsKey($next)) { $verb = $next }
            }
            $at = $tree[$verb]
            if ($null -ne $flag) {
                $offered = @($flag.Choices | ForEach-Object { @{ Name = $_; Help = $_ } })
            } elseif ($wordToComplete.StartsWith('-')) {
                $offered = $at.Flags
            } else {
                $offered = $at.Words
            }
            $offered | Where-Object { $_.Name -clike "$wordToComplete*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_.Name, $_.Name, 'ParameterValue', $_.Help)
            }
        }

        """.ReplaceLineEndings("\n");

    private static string Entry(CompletionVerb verb)
    {
        IEnumerable<string> flags = verb.Flags.SelectMany(flag => flag.Names.Select(name =>
            $"@{{ Name = {Quoted(name)}; Help = {Quoted(flag.Help)}; Kind = {Quoted(flag.Value.Kind == CompletionKind.None ? "none" : "value")}; Choices = @({List(flag.Value.Choices)}) }}"));
        IEnumerable<string> words = verb.Verbs.Concat(verb.Argument.Choices.Select(choice => (Name: choice, Help: choice)))
            .Select(word => $"@{{ Name = {Quoted(word.Name)}; Help = {Quoted(word.Help)} }}");
        return $"    $tree[{Quoted(verb.Path)}] = @{{\n        Flags = @(\n            {string.Join(",\n            ", flags)})\n        Words = @({string.Join(", ", words)}) }}\n";
    }

    private static string List(IEnumerable<string> words) => string.Join(", ", words.Select(Quoted));

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
