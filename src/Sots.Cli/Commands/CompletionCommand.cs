using System.CommandLine;
using Sots.Cli.Completion;

namespace Sots.Cli.Commands;

/// <summary><c>completion</c>: scripts that let a shell complete commands, flags and their values.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, Func<IReadOnlyList<CompletionVerb>, string>> Shells = new(StringComparer.Ordinal)
    {
        ["bash"] = BashCompletion.Write,
        ["zsh"] = ZshCompletion.Write,
        ["fish"] = FishCompletion.Write,
        ["powershell"] = PowerShellCompletion.Write,
    };

    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string?> shell = new("shell") { Description = "bash, zsh, fish or powershell", Arity = ArgumentArity.ZeroOrOne };
        shell.CompletionSources.Add([.. Shells.Keys]);
        VerbCommand command = new("completion", "Let the shell complete commands and flags? Prints a script for it.", ExitCode.OfOthers) { shell };
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string? name = parse.GetValue(shell);
            if (name is null || !Shells.TryGetValue(name, out Func<IReadOnlyList<CompletionVerb>, string>? write))
            {
                throw new UsageException(name is null ? "please say for which shell" : $"there is no script for a shell '{name}'", $"There are {string.Join(", ", Shells.Keys)}.");
            }

            await run.Environment.Out.WriteAsync(write(CompletionTree.Of(CliRoot.Build(environment, new GlobalOptions()))).AsMemory(), cancellationToken).ConfigureAwait(false);
            return ExitCode.Complete;
        }));
        return command;
    }
}
