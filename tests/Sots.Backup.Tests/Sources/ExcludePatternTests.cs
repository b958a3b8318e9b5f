using CsCheck;
using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Backup.Tests.Sources;

public class ExcludePatternTests
{
    [Theory]
    [InlineData("foo", "/a/foo/b", true)]
    [InlineData("foo", "/a/foob", false)]
    [InlineData("a/foo", "/x/a/foo/deep/down", true)]
    [InlineData("/a/foo", "/a/foo/b", true)]
    [InlineData("/a/foo", "/x/a/foo", false)]
    [InlineData("./foo//", "/a/foo", true)]
    [InlineData("x/../foo", "/a/foo", true)]
    [InlineData("/", "/anything", true)]
    [InlineData("/", "/", true)]
    [InlineData("**", "/a", true)]
    [InlineData("/a/**/d", "/a/d", true)]
    [InlineData("/a/**/d", "/a/b/c/d/e", true)]
    [InlineData("/a/**/d", "/a/b/c", false)]
    [InlineData("a/**/*.tmp", "/x/a/y/z.tmp", true)]
    [InlineData("***", "/a", true)]
    [InlineData(".", "/a", false)]
    public void A_pattern_fits_a_run_of_components_and_all_below_it(string pattern, string path, bool expected) =>
        Assert.Equal(expected, Matches(pattern, path));

    [Theory]
    [InlineData("/a/**/b/**", "/a/b", false)]
    [InlineData("/a/**/b/**", "/a/b/x", true)]
    [InlineData("/a/**/b/**", "/a/q/b", false)]
    [InlineData("/a/**/b/**", "/a/q/b/x", true)]
    [InlineData("a/**/b/**", "/a/b", true)]
    [InlineData("**/a/**/b/**", "/a/b", false)]
    [InlineData("**/a/**/b/**", "/a/b/x", true)]
    [InlineData("x/**/y/**/z/**", "/x/x/y/z", true)]
    public void Several_double_wildcards_keep_restics_results(string pattern, string path, bool expected)
    {
        Assert.Equal(expected, SlowMatcher.Matches(pattern, path));
        Assert.Equal(expected, Matches(pattern, path));
    }

    [Theory]
    [InlineData("*.go", "x.go", true)]
    [InlineData("*.go", "x.got", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("?", "ü", true)]
    [InlineData("??", "ü", false)]
    [InlineData("?", "\U0001F600", true)]
    [InlineData("[ä-ü]", "ö", true)]
    [InlineData("[^a-c]", "d", true)]
    [InlineData("[^a-c]", "b", false)]
    [InlineData("[!a]", "!", true)]
    [InlineData("[!a]", "b", false)]
    [InlineData("[a^]", "^", true)]
    [InlineData("[z-a]", "m", false)]
    [InlineData("x[[]1]", "x[1]", true)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("\\**", "*ab", true)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("[\\-x]", "-", true)]
    [InlineData("a]", "a]", true)]
    [InlineData("**a", "bba", true)]
    [InlineData("*[0-9]", "file7", true)]
    [InlineData("*[0-9]", "file7x", false)]
    [InlineData("*[0-9]x*", "a1b2x3", true)]
    [InlineData("*", "", true)]
    public void A_component_is_matched_as_Go_does(string pattern, string name, bool expected) =>
        Assert.Equal(expected, Matches(pattern, "/" + name));

    [Fact]
    public void Bytes_that_are_no_text_count_as_one_character_each()
    {
        ExcludePatternList two = List(["a??b"]);
        Assert.True(two.Matches([(byte)'/', (byte)'a', 0xE2, 0x82, (byte)'b']));
        Assert.False(two.Matches([(byte)'/', (byte)'a', 0xE2, (byte)'b']));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[a")]
    [InlineData("[]")]
    [InlineData("[]a]")]
    [InlineData("[-a]")]
    [InlineData("[a-]")]
    [InlineData("[a-")]
    [InlineData("[^]")]
    [InlineData("x\\")]
    [InlineData("[a\\")]
    [InlineData("good/**/[bad")]
    [InlineData("!/a/[bad")]
    [InlineData("zzz*[")]
    public void A_broken_pattern_is_refused(string pattern)
    {
        RepositoryException error = Assert.Throws<RepositoryException>(() => List([pattern]));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
        Assert.Contains('"' + pattern + '"', error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_broken_patterns_are_named_at_once()
    {
        RepositoryException error = Assert.Throws<RepositoryException>(() => List(["*.ok", "[one", "two\\"]));
        Assert.StartsWith("--exclude: invalid pattern(s) provided: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"[one\" has", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"two\\\" ends with", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("*.ok", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_negated_pattern_takes_back_what_stands_before_it_and_nothing_after()
    {
        ExcludePatternList list = List(["*.log", "!keep.log", "sub/keep.log", "", "!"]);
        Assert.True(list.Matches("/a/x.log"u8));
        Assert.False(list.Matches("/a/keep.log"u8));
        Assert.True(list.Matches("/sub/keep.log"u8));
    }

    [Theory]
    [InlineData(@"C:\proj\Saved", @"C:\proj\Saved\Logs\x.log", true)]
    [InlineData("C:/proj/Saved", @"C:\proj\Saved\Logs", true)]
    [InlineData(@"C:\proj\*.log", @"C:\proj\a.log", true)]
    [InlineData(@"Saved\Logs", @"D:\x\Saved\Logs\y", true)]
    [InlineData(@"\proj", @"C:\proj", false)]
    [InlineData(@"C:\", @"C:\anything", true)]
    [InlineData("C:", @"C:\anything", false)]
    [InlineData(@"C:\a\..\b", @"C:\b\c", true)]
    [InlineData(@"C:\**\tmp", @"C:\x\y\tmp\z", true)]
    [InlineData("[[]x]", @"C:\[x]", true)]
    [InlineData("c:/proj", @"C:\proj", false)]
    [InlineData(@"\\srv\share\a", @"\\srv\share\a\b", true)]
    [InlineData(@"C:\proj", @"\\?\C:\proj\long", true)]
    [InlineData(@"\\srv\share\a", @"\\?\UNC\srv\share\a", true)]
    public void Windows_paths_have_two_separators_drives_and_no_escape(string pattern, string path, bool expected) =>
        Assert.Equal(expected, List([pattern], PathStyle.Windows).Matches(PathText.ToBytes(path)));

    [Theory]
    [InlineData("INTERMEDIATE", "/p/intermediate", true)]
    [InlineData("*.VC.DB", "/p/x.vc.db", true)]
    [InlineData("ÄÖ*", "/p/äöü", true)]
    [InlineData("[A-Z]x", "/p/QX", true)]
    [InlineData("\u0130", "/p/I", true)]
    [InlineData("\u212A", "/p/K", true)]
    [InlineData("\u0531", "/p/\u0561", true)]
    [InlineData("\u1E9E", "/p/\u00DF", true)]
    [InlineData("\u10A0", "/p/\u2D00", true)]
    [InlineData("\u023A", "/p/\u2C65", true)]
    [InlineData("\U00010400", "/p/\U00010428", true)]
    [InlineData("STRASSE", "/p/stra\u00DFe", false)]
    public void Without_regard_to_case_means_the_simple_lower_case_of_both(string pattern, string path, bool expected) =>
        Assert.Equal(expected, List([pattern], PathStyle.Unix, ignoreCase: true).Matches(PathText.ToBytes(path)));

    [Fact]
    public void A_path_of_any_depth_and_length_is_matched()
    {
        byte[] path = PathText.ToBytes(string.Concat(Enumerable.Repeat("/Ä", 5000)) + "/end");
        Assert.True(List(["ä/end"], PathStyle.Unix, ignoreCase: true).Matches(path));
        Assert.True(List(["/Ä/**/end"]).Matches(path));
        Assert.False(List(["/Ä/**/ende"]).Matches(path));
    }

    [Fact]
    public void The_fast_matcher_and_the_obvious_one_agree()
    {
        Gen<string> component = OneOf("a", "b", "c", "ab", "*", "**", "a*", "*b", "?", "?b", "*a*", "\\a", "", ".");
        Gen<string> pattern = Gen.Select(OneOf("", "/", "!", "!/"), component.Array[1, 6], static (start, parts) => start + string.Join('/', parts));
        Gen<string> path = OneOf("a", "b", "c", "ab", "ba", "abb").Array[1, 7].Select(static parts => "/" + string.Join('/', parts));
        Gen.Select(pattern.Array[1, 4], path).Sample(
            static (patterns, path) => Assert.Equal(SlowMatcher.ListMatches(patterns, path), List(patterns).Matches(PathText.ToBytes(path))),
            iter: 20_000);
    }

    [Fact]
    public void No_text_breaks_the_parser_or_the_matcher()
    {
        Gen<string> noise = Gen.Char["ab[]^-\\*?!/:.ü\uD800"].Array[0, 12].Select(static chars => new string(chars));
        Gen.Select(noise, noise, Gen.Bool, Gen.Bool).Sample(
            static (pattern, path, windows, ignoreCase) =>
            {
                try
                {
                    List([pattern], windows ? PathStyle.Windows : PathStyle.Unix, ignoreCase).Matches(PathText.ToBytes(path));
                }
                catch (RepositoryException error)
                {
                    Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
                }
            },
            iter: 20_000);
    }

    [Fact]
    public void A_match_allocates_nothing()
    {
        ExcludePatternList list = List(["*.tmp", "/p/**/Saved", "!keep", "[a-c]?x*y"], PathStyle.Unix, ignoreCase: true);
        byte[] path = PathText.ToBytes("/p/Content/Characters/Hero/Meshes/SK_Hero_Ä.uasset");
        list.Matches(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            list.Matches(path);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static bool Matches(string pattern, string path) => List([pattern]).Matches(PathText.ToBytes(path));

    private static ExcludePatternList List(string[] patterns, PathStyle? style = null, bool ignoreCase = false) =>
        ExcludePatternList.Parse(patterns, style ?? PathStyle.Unix, ignoreCase, "--exclude");
}
