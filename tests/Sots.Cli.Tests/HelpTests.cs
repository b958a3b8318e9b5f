using System.CommandLine;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary>The help of every command there is.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_of_every_command_has_an_example_that_parses_and_its_exit_codes()
    {
        CliRunner cli = new(_folder);
        RootCommand root = CliRoot.Build(cli.Environment(TextWriter.Null, TextWriter.Null), new GlobalOptions());
        List<Command> commands = [.. Below(root)];
        Assert.True(commands.Count >= 15);
        foreach (Command command in commands)
        {
            string path = HelpWithExitCodes.PathOf(command);
            string help = (await cli.RunAsync([.. path.Split(' '), "--help"])).Out;
            Assert.True(help.Contains("Exit codes:\n", StringComparison.Ordinal), $"the help of {path} has no exit codes");
            Assert.True(help.Contains("Example:\n", StringComparison.Ordinal), $"the help of {path} has no example: add one to HelpExamples");
            string example = HelpExamples.Find(path)!;
            Assert.StartsWith($"sots_backup {path}", example, StringComparison.Ordinal);
            string[] words = example.Split(' ')[1..];
            Assert.True(root.Parse(words).Errors.Count == 0 && ParseComplaint.Find(root.Parse(words), words) is null, example);
        }
    }

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(child => Below(child).Prepend(child));
}
