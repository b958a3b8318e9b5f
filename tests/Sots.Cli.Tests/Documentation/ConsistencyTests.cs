using System.CommandLine;
using System.Globalization;

namespace Sots.Cli.Tests.Documentation;

/// <summary>What the pages claim of the program is so, and what they point at is there.</summary>
public sealed class ConsistencyTests
{
    private static readonly int[][] CodesOfColumns = [[0], [1], [3], [10, 12], [11], [130]];

    public static TheoryData<string> Pages => DocumentationTests.Pages;

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_a_heading(string name)
    {
        DocumentationPage page = DocumentationPage.Named(name);
        foreach (string link in page.Links())
        {
            string target = page.Follow(link);
            Assert.True(File.Exists(target), $"{name}: {link} leads nowhere");
            string anchor = link.Contains('#', StringComparison.Ordinal) ? link.Split('#')[1] : "";
            Assert.True(anchor.Length == 0 || new DocumentationPage(target).HasHeading(anchor), $"{name}: {link} leads to no heading");
        }
    }

    [Fact]
    public void The_readme_leads_to_every_page()
    {
        DocumentationPage readme = DocumentationPage.Named("README.md");
        HashSet<string> linked = [.. readme.Links().Select(link => Path.GetFileName(readme.Follow(link)))];
        Assert.All(DocumentationPage.All().Where(page => page.Name != readme.Name), page => Assert.Contains(page.Name, linked));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("exit-codes-and-json.md")]
    public void The_table_of_exit_codes_has_all_of_them(string name)
    {
        int[] listed = [.. DocumentationPage.Named(name).Rows().Select(row => int.TryParse(row[0], CultureInfo.InvariantCulture, out int code) ? code : -1).Where(code => code >= 0)];
        Assert.Equal(Verbs().SelectMany(verb => verb.Codes).Distinct().Order(), listed);
    }

    [Fact]
    public void The_table_of_commands_and_exit_codes_is_that_of_the_program()
    {
        Dictionary<string, string[]> rows = [];
        foreach (string[] row in DocumentationPage.Named("exit-codes-and-json.md").Rows().Where(row => row.Length == 1 + CodesOfColumns.Length))
        {
            foreach (string verb in row[0].Split(", ").Where(word => word.StartsWith('`')))
            {
                rows.Add(verb.Trim('`'), row);
            }
        }

        Assert.Equal(Verbs().Select(verb => verb.Path).Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        Assert.All(Verbs(), verb => Assert.Equal(
            verb.Codes.Order(), CodesOfColumns.Where((_, column) => rows[verb.Path][1 + column].Length > 0).SelectMany(codes => codes).Order()));
    }

    private static IEnumerable<(string Path, IReadOnlyList<int> Codes)> Verbs() =>
        Below(CliRoot.Build(CliEnvironment.OfProcess(), new GlobalOptions())).OfType<VerbCommand>().Select(verb => (HelpWithExitCodes.PathOf(verb), verb.ExitCodes));

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(child => Below(child).Prepend(child));
}
