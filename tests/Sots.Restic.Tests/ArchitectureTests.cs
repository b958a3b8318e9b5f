using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Sots.Restic.Tests;

/// <summary>ARCHITECTURE.md as tests over the sources and the compiled library. The rules: <see cref="ArchitectureRules"/>.</summary>
public sealed class ArchitectureTests
{
    private const string Library = "src/Sots.Restic/";

    private static readonly Assembly Compiled = typeof(ContentId).Assembly;

    [Fact]
    public void A_project_refers_only_to_what_its_layer_may_know()
    {
        RequireSources();
        List<string> faults = [];
        foreach (string path in SourceTree.Files("src", ".csproj"))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            ProjectRule? rule = ArchitectureRules.Projects.SingleOrDefault(known => known.Project == name);
            Assert.True(rule is not null, $"{name} has no rule: add it to ArchitectureRules.Projects and to ARCHITECTURE.md.");
            XDocument project = XDocument.Parse(SourceTree.Read(path));
            faults.AddRange(Included(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Except(rule.Projects)
                .Select(other => $"{name} refers to the project {other}"));
            faults.AddRange(Included(project, "PackageReference").Except(rule.Packages)
                .Select(package => $"{name} refers to the package {package}"));
            faults.AddRange(Included(project, "InternalsVisibleTo").Intersect(ArchitectureRules.Projects.Select(known => known.Project))
                .Select(other => $"{name} shows its internals to {other}"));
        }

        Empty(faults);
    }

    [Fact]
    public void The_compiled_library_needs_nothing_but_the_runtime_and_zstd() => Empty(Compiled.GetReferencedAssemblies()
        .Select(assembly => assembly.Name!)
        .Where(name => name != "ZstdSharp" && !name.StartsWith("System.", StringComparison.Ordinal))
        .Where(name => !name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal))
        .Select(name => $"Sots.Restic was compiled against {name}"));

    [Fact]
    public void A_folder_of_the_library_names_only_what_it_may_see()
    {
        RequireSources();
        List<string> faults = [];
        HashSet<FolderRule> used = [];
        Dictionary<string, HashSet<string>> types = LibraryFolders().ToDictionary(folder => folder, TypesIn);
        foreach (string folder in types.Keys.Except(ArchitectureRules.Tops))
        {
            foreach (string file in SourceTree.Files(Library + folder, ".cs"))
            {
                string code = SourceTree.TakeApart(SourceTree.Read(file)).Code;
                foreach ((string other, HashSet<string> names) in types.Where(pair => pair.Key != folder))
                {
                    bool imports = Regex.IsMatch(code, $@"^using (static )?Sots\.Restic\.{other}\b", RegexOptions.Multiline);
                    string before = imports ? "" : other + @"\.";
                    string[] named = [.. names.Where(type => Regex.IsMatch(code, $@"\b{before}{type}\b"))];
                    FolderRule? rule = ArchitectureRules.Folders.SingleOrDefault(known => known.Folder == folder && known.Sees == other);
                    if (rule is null && (imports || named.Length > 0))
                    {
                        faults.Add($"{file} names {Listed(named)} of {other}, which {folder} may not see");
                    }
                    else if (rule is not null && named.Length > 0)
                    {
                        used.Add(rule);
                        string[] beyond = [.. named.Where(type => rule.Only is not [] && !rule.Only.Contains(type))];
                        faults.AddRange(beyond.Select(type => $"{file} names {type}; of {other} it may name only {Listed(rule.Only)}"));
                    }
                }
            }
        }

        faults.AddRange(ArchitectureRules.Folders.Except(used)
            .Select(rule => $"nobody needs the rule that {rule.Folder} sees {rule.Sees} any more"));
        Empty(faults);
    }

    [Fact]
    public void Every_folder_of_the_library_has_its_rules()
    {
        RequireSources();
        IEnumerable<string> ruled = ArchitectureRules.Folders.Select(rule => rule.Folder).Distinct();
        Assert.Equal(ruled.Concat(ArchitectureRules.Leaves).Concat(ArchitectureRules.Tops).Order(), LibraryFolders().Order());
        Assert.DoesNotContain(ArchitectureRules.Folders, rule => ArchitectureRules.Leaves.Contains(rule.Folder));
        string page = SourceTree.Read("ARCHITECTURE.md");
        Empty(LibraryFolders().Where(folder => !page.Contains($"`{folder}`", StringComparison.Ordinal))
            .Select(folder => $"ARCHITECTURE.md does not name the folder {folder}"));
    }

    [Fact]
    public void Only_what_works_on_an_open_repository_names_one()
    {
        RequireSources();
        string pattern = $@"\b({string.Join('|', ArchitectureRules.States)})\b";
        Empty(LibraryFolders().Except(ArchitectureRules.WorkOnStates).SelectMany(folder => SourceTree.Files(Library + folder, ".cs"))
            .SelectMany(file => Matches(file, pattern).Select(place => $"{place} is above it")));
    }

    [Fact]
    public void A_namespace_is_the_folder()
    {
        RequireSources();
        Empty(SourceTree.Files("src", ".cs").Where(file => Path.GetFileName(file) != "Program.cs").Select(file =>
        {
            string expected = Path.GetDirectoryName(file)!.Replace('\\', '/')["src/".Length..].Replace('/', '.');
            string found = Regex.Match(SourceTree.Read(file), @"^namespace ([\w.]+);", RegexOptions.Multiline).Groups[1].Value;
            return found is "" || found == expected ? "" : $"{file} has the namespace {found}, expected {expected}";
        }).Where(fault => fault.Length > 0));
    }

    [Fact]
    public void Forbidden_calls_stand_only_in_their_homes()
    {
        RequireSources();
        List<string> faults = [];
        string[] files = [.. SourceTree.Files("src", ".cs")];
        Assert.True(files.Length > 50, $"only {files.Length} sources were found");
        foreach (ForbiddenCall call in ArchitectureRules.Calls)
        {
            HashSet<Home> used = [];
            foreach (string file in files)
            {
                string[] places = [.. Matches(file, call.Pattern)];
                Home? home = call.Homes.FirstOrDefault(home => home.Holds(file));
                if (home is null)
                {
                    faults.AddRange(places.Select(place => $"{place}: {call.Name}; {call.Instead}"));
                }
                else if (places.Length > 0)
                {
                    used.Add(home);
                }
            }

            faults.AddRange(call.Homes.Except(used).Where(home => !home.Path.EndsWith('/'))
                .Select(home => $"{home.Path} does not need its exception for {call.Name} any more"));
        }

        Empty(faults);
    }

    [Fact]
    public void Libraries_of_a_platform_are_called_only_in_files_with_its_suffix()
    {
        RequireSources();
        Empty(SourceTree.Files("src", ".cs").Where(file => !ArchitectureRules.PlatformEndings.Any(file.EndsWith))
            .SelectMany(file => Matches(file, @"\bLibraryImport(Attribute)?\s*\(|\[(Un)?[Ss]upportedOSPlatform\(")));
    }

    [Fact]
    public void No_file_is_longer_than_500_lines()
    {
        RequireSources();
        Empty(Code().Select(file => (file, lines: SourceTree.Read(file).AsSpan().Count('\n')))
            .Where(found => found.lines > ArchitectureRules.LongestFile)
            .Select(found => $"{found.file} has {found.lines} lines"));
    }

    [Fact]
    public void No_comment_or_document_names_a_place_on_somebodys_machine()
    {
        RequireSources();
        Regex place = new(@"(?<![\w.~<>*\-/])/(work|opt|root|home|Users|tmp)/\w", RegexOptions.CultureInvariant);
        Regex unfinished = new(@"\b(TODO|FIXME|XXX|HACK)\b");
        List<string> faults = [];
        foreach (string file in Code())
        {
            string comments = SourceTree.TakeApart(SourceTree.Read(file)).Comments;
            faults.AddRange(place.Matches(comments).Concat(unfinished.Matches(comments)).Select(match => $"{file}: {match.Value}"));
        }

        foreach (string file in Documents())
        {
            faults.AddRange(place.Matches(SourceTree.Read(file)).Select(match => $"{file}: {match.Value}"));
        }

        Empty(faults);
    }

    [Fact]
    public void Every_citation_of_the_format_leads_to_a_section()
    {
        RequireSources();
        const string Citation = """docs/FORMAT\.md,? \(?(?:"(?<name>[^"]+)"|sections? (?<name>\d+)(?: and (?<name>\d+))?)""";
        HashSet<string> sections = [];
        const string Heading = @"^##+ (?:(?<name>\d+) )?(?<name>.+?)\s*$";
        foreach (Match heading in Regex.Matches(SourceTree.Read("docs/FORMAT.md"), Heading, RegexOptions.Multiline))
        {
            sections.UnionWith(heading.Groups["name"].Captures.Select(name => name.Value));
        }

        List<string> faults = [];
        int cited = 0;
        foreach (string file in Code())
        {
            string comments = Regex.Replace(SourceTree.TakeApart(SourceTree.Read(file)).Comments, @"\s*\n\s*///?\s*", " ");
            foreach (Capture name in Regex.Matches(comments, Citation).SelectMany(citation => citation.Groups["name"].Captures))
            {
                cited++;
                faults.AddRange(sections.Contains(name.Value) ? [] : [$"{file} cites {name.Value}"]);
            }
        }

        Assert.True(cited > 20, $"only {cited} citations were found");
        Empty(faults);
    }

    [Fact]
    public void Every_public_type_of_the_library_is_closed() => Empty(Compiled.GetExportedTypes()
        .Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract)
        .Select(type => $"{type} can be derived from: make it sealed, static or abstract"));

    [Theory]
    [InlineData("a // b\nc", "a \nc", "// b\n")]
    [InlineData("a /* b\n */ c", "a \n c", "/* b\n */")]
    [InlineData("\"// no\" // yes", "\"// no\" ", "// yes")]
    [InlineData("@\"\\\" // yes", "@\"\\\" ", "// yes")]
    [InlineData("\"\\\"// no\"", "\"\\\"// no\"", "")]
    [InlineData("'\"' // yes", "'\"' ", "// yes")]
    [InlineData("\"\"\"a \" // no\"\"\" // yes", "\"\"\"a \" // no\"\"\" ", "// yes")]
    public void Comments_are_told_from_code(string source, string code, string comments) =>
        Assert.Equal((code, comments), SourceTree.TakeApart(source));

    private static void RequireSources() => Assert.SkipUnless(SourceTree.Root is not null, SourceTree.Absent);

    private static void Empty(IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }

    private static IEnumerable<string> Included(XDocument project, string element) =>
        project.Descendants(element).Select(found => (found.Attribute("Include")?.Value ?? "").Replace('\\', '/'));

    private static IEnumerable<string> LibraryFolders() => SourceTree.Files(Library, ".cs")
        .Select(file => file[Library.Length..].Split('/')).Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct();

    private static HashSet<string> TypesIn(string folder)
    {
        const string Declaration = @"^(?:public|internal) [\w ]*?\b(?:class|record struct|struct|record|interface|enum) (?<name>\w+)";
        return
        [
            .. SourceTree.Files(Library + folder, ".cs")
                .SelectMany(file => Regex.Matches(SourceTree.TakeApart(SourceTree.Read(file)).Code, Declaration, RegexOptions.Multiline))
                .Select(match => match.Groups["name"].Value),
        ];
    }

    private static string Listed(string[] names) => names.Length == 0 ? "the namespace" : string.Join(", ", names);

    private static IEnumerable<string> Code() => new[] { "src", "tests", "bench" }.SelectMany(folder => SourceTree.Files(folder, ".cs"));

    private static IEnumerable<string> Documents() =>
        SourceTree.Files("", ".md").Concat(SourceTree.Files("", ".csproj")).Concat(SourceTree.Files("", ".props"));

    private static IEnumerable<string> Matches(string file, string pattern)
    {
        string code = SourceTree.TakeApart(SourceTree.Read(file)).Code;
        return Regex.Matches(code, pattern).Select(match => $"{file}({code.AsSpan(0, match.Index).Count('\n') + 1}): {match.Value}");
    }
}
