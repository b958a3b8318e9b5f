using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Backup.Tests.Restoring;

public class PatternRestoreFilterTests
{
    [Theory]
    [InlineData("/C", false, true)]
    [InlineData("/C/proj", false, true)]
    [InlineData("/C/proj/Content", true, true)]
    [InlineData("/C/proj/Content/Maps/a.umap", true, true)]
    [InlineData("/C/proj/Config", false, false)]
    [InlineData("/D", false, false)]
    public void An_include_takes_what_it_matches_and_all_below_and_leads_there(string path, bool selects, bool mayContain)
    {
        RestoreFilter filter = Filter(new RestorePatterns { Include = ["/C/proj/Content"] });
        Assert.Equal(selects, Selects(filter, path));
        Assert.Equal(mayContain, filter.MayContain(PathText.ToBytes(path)));
        Assert.False(filter.TakesEverything);
    }

    [Theory]
    [InlineData("/a", false, true)]
    [InlineData("/a/x", false, true)]
    [InlineData("/a/x/y.umap", true, true)]
    [InlineData("/b", false, false)]
    public void Below_a_double_wildcard_every_directory_may_hold_something(string path, bool selects, bool mayContain)
    {
        RestoreFilter filter = Filter(new RestorePatterns { Include = ["/a/**/*.umap"] });
        Assert.Equal(selects, Selects(filter, path));
        Assert.Equal(mayContain, filter.MayContain(PathText.ToBytes(path)));
    }

    [Fact]
    public void A_relative_include_may_match_anywhere()
    {
        RestoreFilter filter = Filter(new RestorePatterns { Include = ["*.UMAP"], IncludeIgnoringCase = ["*.TXT"] });
        Assert.True(filter.MayContain("/any/where"u8));
        Assert.True(Selects(filter, "/any/a.txt"));
        Assert.True(Selects(filter, "/any/a.UMAP"));
        Assert.False(Selects(filter, "/any/a.umap"));
    }

    [Fact]
    public void A_negated_include_is_not_entered()
    {
        RestoreFilter filter = Filter(new RestorePatterns { Include = ["/a", "!/a/b"] });
        Assert.True(Selects(filter, "/a/c"));
        Assert.False(Selects(filter, "/a/b"));
        Assert.False(filter.MayContain("/a/b"u8));
    }

    [Fact]
    public void An_exclude_leaves_out_what_it_matches_and_does_not_enter_it()
    {
        RestoreFilter filter = Filter(new RestorePatterns { Exclude = ["*.log"], ExcludeIgnoringCase = ["SAVED"] });
        Assert.False(Selects(filter, "/p/x.log"));
        Assert.True(Selects(filter, "/p/x.LOG"));
        Assert.False(Selects(filter, "/p/saved/x"));
        Assert.False(filter.MayContain("/p/Saved"u8));
        Assert.True(filter.MayContain("/p"u8));
        Assert.True(filter.MayContain("/"u8));
    }

    [Fact]
    public void The_root_is_always_walked()
    {
        RestoreFilter filter = Filter(new RestorePatterns { Include = ["/a/b"] });
        Assert.True(filter.MayContain("/"u8));
        Assert.True(filter.MayContain(""u8));
    }

    [Fact]
    public void No_patterns_take_everything() => Assert.Same(RestoreFilter.All, Filter(new RestorePatterns { Include = [""] }));

    [Fact]
    public void Includes_together_with_excludes_contradict_each_other()
    {
        RepositoryException error = Assert.Throws<RepositoryException>(
            () => Filter(new RestorePatterns { Include = ["a"], ExcludeIgnoringCase = ["b"] }));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
        Assert.NotNull(error.Advice);
    }

    [Fact]
    public void Patterns_written_for_Windows_meet_snapshot_paths()
    {
        RestoreFilter filter = PatternRestoreFilter.Create(new RestorePatterns { Include = [@"\C\proj\Content"] }, PathStyle.Windows);
        Assert.True(Selects(filter, "/C/proj/Content/x"));
        Assert.True(filter.MayContain("/C/proj"u8));
        Assert.False(filter.MayContain("/D"u8));
    }

    private static RestoreFilter Filter(RestorePatterns patterns) => PatternRestoreFilter.Create(patterns, PathStyle.Unix);

    private static bool Selects(RestoreFilter filter, string path) => filter.Selects(PathText.ToBytes(path), isDirectory: false);
}
