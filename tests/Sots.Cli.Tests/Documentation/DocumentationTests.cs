using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Sots.Backup.Credentials;
using Sots.Cli.Demo;
using Sots.Testing;

namespace Sots.Cli.Tests.Documentation;

/// <summary>
/// What the pages tell people to type works. A block that begins with <c>```sh</c> is run, the blocks of a page one after the other as in one
/// terminal: the first in the folder of a small project, each other where the one before it ended. <c>sots_backup</c> and, where the tests
/// have it, <c>restic</c> can be called by name.
/// </summary>
public sealed class DocumentationTests
{
    public static TheoryData<string> PagesThatRun => [.. DocumentationPage.All().Where(page => page.Blocks().Any(block => block.IsRun)).Select(page => page.Name)];

    public static TheoryData<string> Pages => [.. DocumentationPage.All().Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(PagesThatRun))]
    public async Task Every_command_of_a_page_does_what_it_says(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the blocks are for a Unix shell");
        using TempFolder folder = new();
        string project = folder["MyGame"];
        new DemoProject(project).Create();
        File.Move(Path.Combine(project, "Demo.uproject"), Path.Combine(project, "MyGame.uproject"));
        string? restic = ResticBinaries.Find("0.19.1");
        Dictionary<string, string?> variables = Surroundings(folder, restic);
        string place = project, placeFile = folder["place"];
        foreach (FencedBlock block in DocumentationPage.Named(name).Blocks().Where(block => block.IsRun && (restic is not null || !block.NeedsRestic)))
        {
            using Process process = ProgramProcess.Start(place, variables, "bash", "-e", "-c", $"trap 'pwd > \"{placeFile}\"' EXIT\n{block.Text}");
            CliResult result = await ProgramProcess.FinishAsync(process);
            Assert.True(result.Code == block.ExitCode, $"{name}:{block.Line} ended with {result.Code}\n{block.Text}\n--- output\n{result.Out}\n--- errors\n{result.Error}");
            place = (await File.ReadAllTextAsync(placeFile)).TrimEnd();
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_block_with_commands_of_this_program_is_one_that_is_run(string name) =>
        Assert.All(DocumentationPage.Named(name).Blocks(), block => Assert.True(
            block.IsRun || block.Words is ["powershell" or "json" or "console", ..] || !block.Text.Split('\n').Any(line => line.StartsWith("sots_backup ", StringComparison.Ordinal)),
            $"{name}:{block.Line}: begin the block with ```sh"));

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_command_in_a_sentence_exists_with_its_flags(string name)
    {
        RootCommand root = CliRoot.Build(CliEnvironment.OfProcess(), new GlobalOptions());
        foreach ((int line, string command) in DocumentationPage.Named(name).InlineCommands())
        {
            string complete = command.Replace("…", "", StringComparison.Ordinal).Replace("...", "", StringComparison.Ordinal);
            string[] words = [.. CommandLineWords.Split(complete, "a page")];
            Assert.True(
                words[0] == "COMMAND" || words[0].StartsWith('-') || root.Subcommands.Any(verb => verb.Name == words[0] || verb.Aliases.Contains(words[0])),
                $"{name}:{line}: there is no verb {words[0]}");
            ParseResult parse = root.Parse(words);
            string? wrong = parse.Errors.Select(error => error.Message).FirstOrDefault(message => !message.Contains("Required", StringComparison.Ordinal));
            Assert.True(wrong is null, $"{name}:{line}: `{command}`: {wrong}");
        }
    }

    private static Dictionary<string, string?> Surroundings(TempFolder folder, string? restic)
    {
        string programs = folder["bin"];
        Directory.CreateDirectory(programs);
        StringBuilder script = new("#!/bin/sh\nexec");
        script.AppendJoin("", ProgramProcess.Words.Select(word => $" '{word}'")).Append(" \"$@\"\n");
        WriteProgram(Path.Combine(programs, "sots_backup"), script.ToString());
        if (restic is not null)
        {
            File.CreateSymbolicLink(Path.Combine(programs, "restic"), restic);
        }

        Directory.CreateDirectory(folder["home"]);
        return new Dictionary<string, string?>
        {
            ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = folder["home"],
            ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT"),
        };
    }

    private static void WriteProgram(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
