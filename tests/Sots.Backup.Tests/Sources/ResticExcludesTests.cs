using System.Runtime.Versioning;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Backup.Tests.Sources;

public class ResticExcludesTests
{
    private const string Signature = "Signature: 8a477f597d28d172789f06886806bc55";

    [Fact]
    public void The_two_pattern_lists_are_joined_and_a_negation_acts_in_its_own()
    {
        ResticExcludes rules = new(
            new ResticExcludeOptions { Patterns = ["*.o", "!keep.tmp"], PatternsIgnoringCase = ["*.TMP"] }, PathStyle.Unix);
        Assert.True(rules.RejectsName(At("/a/x.o")));
        Assert.False(rules.RejectsName(At("/a/x.O")));
        Assert.True(rules.RejectsName(At("/a/x.Tmp")));
        Assert.True(rules.RejectsName(At("/a/keep.tmp")));
    }

    [Fact]
    public void A_file_of_the_limit_stays_a_larger_one_goes_and_directories_have_no_size()
    {
        ResticExcludes rules = new(new ResticExcludeOptions { LargerThanBytes = 100 }, PathStyle.Unix);
        Assert.False(rules.RejectsEntry(At("/a"), isDirectory: false, 100));
        Assert.True(rules.RejectsEntry(At("/a"), isDirectory: false, 101));
        Assert.False(rules.RejectsEntry(At("/a"), isDirectory: true, 4096));
    }

    [Fact]
    public void All_in_a_tagged_directory_goes_but_the_tag_and_the_directory()
    {
        TagFiles files = new() { ["/c/.nobackup"] = "" };
        ResticExcludes rules = new(new ResticExcludeOptions { IfPresent = [".nobackup"] }, PathStyle.Unix, files);
        Assert.False(rules.RejectsEntry(At("/c"), isDirectory: true, 0));
        Assert.False(rules.RejectsEntry(At("/c/.nobackup"), isDirectory: false, 0));
        Assert.True(rules.RejectsEntry(At("/c/x"), isDirectory: false, 1));
        Assert.True(rules.RejectsEntry(At("/c/sub"), isDirectory: true, 0));
        Assert.False(rules.RejectsEntry(At("/d/x"), isDirectory: false, 1));
    }

    [Fact]
    public void A_cache_is_known_by_its_signature_and_another_file_of_that_name_is_told()
    {
        TagFiles files = new() { ["/good/CACHEDIR.TAG"] = Signature + "\n", ["/bad/CACHEDIR.TAG"] = "Signature: no", ["/CACHEDIR.TAG"] = Signature };
        List<string> warnings = [];
        ResticExcludes rules = new(new ResticExcludeOptions { Caches = true }, PathStyle.Unix, files, warnings.Add);
        Assert.True(rules.RejectsEntry(At("/good/x"), isDirectory: false, 1));
        Assert.True(rules.RejectsEntry(At("/x"), isDirectory: false, 1));
        Assert.False(rules.RejectsEntry(At("/bad/x"), isDirectory: false, 1));
        Assert.False(rules.RejectsEntry(At("/bad/y"), isDirectory: false, 1));
        Assert.Contains("/bad/CACHEDIR.TAG", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_looked_at_once()
    {
        TagFiles files = new();
        ResticExcludes rules = new(new ResticExcludeOptions { IfPresent = ["tag"] }, PathStyle.Windows, files);
        for (int i = 0; i < 10; i++)
        {
            Assert.False(rules.RejectsEntry(At($@"C:\d\{i}"), isDirectory: false, 1));
        }

        Assert.Equal([@"C:\d\tag"], files.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":header")]
    public void A_tag_without_a_name_is_refused(string text)
    {
        RepositoryException error = Assert.Throws<RepositoryException>(
            () => new ResticExcludes(new ResticExcludeOptions { IfPresent = [text] }, PathStyle.Unix, new TagFiles()));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
    }

    [Fact]
    public void Combined_rules_leave_out_what_any_part_does()
    {
        ResticExcludes names = new(new ResticExcludeOptions { Patterns = ["*.o"] }, PathStyle.Unix);
        ResticExcludes sizes = new(new ResticExcludeOptions { LargerThanBytes = 1 }, PathStyle.Unix);
        ExcludeRules both = CombinedExcludes.Of(names, ExcludeRules.None, sizes);
        Assert.True(both.RejectsName(At("/x.o")));
        Assert.False(both.RejectsName(At("/x")));
        Assert.True(both.RejectsEntry(At("/x"), isDirectory: false, 2));
        Assert.False(both.RejectsEntry(At("/x"), isDirectory: false, 1));
        Assert.Same(names, CombinedExcludes.Of(names, ExcludeRules.None));
        Assert.Same(ExcludeRules.None, CombinedExcludes.Of());
    }

    [Fact]
    public void Tag_files_on_the_disk_are_seen_and_read()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["tag"], "header and more");
        Directory.CreateDirectory(folder["dir"]);
        Assert.True(DiskTagFiles.Native.Exists(At(folder["tag"])));
        Assert.True(DiskTagFiles.Native.Exists(At(folder["dir"])));
        Assert.False(DiskTagFiles.Native.Exists(At(folder["absent"])));
        byte[] start = new byte[6];
        Assert.True(DiskTagFiles.Native.TryReadStart(At(folder["tag"]), start));
        Assert.Equal("header"u8.ToArray(), start);
        Assert.False(DiskTagFiles.Native.TryReadStart(At(folder["tag"]), new byte[16]));
        Assert.False(DiskTagFiles.Native.TryReadStart(At(folder["dir"]), start));
        Assert.False(DiskTagFiles.Native.TryReadStart(At(folder["absent"]), start));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_link_to_nothing_is_a_tag_and_a_pipe_is_never_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs links without privileges and a file without length that blocks or never ends");
        using TempFolder folder = new();
        File.CreateSymbolicLink(folder["dangling"], "nowhere");
        File.CreateSymbolicLink(folder["endless"], "/dev/zero");
        Assert.True(DiskTagFiles.Native.Exists(At(folder["dangling"])));
        Assert.False(DiskTagFiles.Native.TryReadStart(At(folder["dangling"]), new byte[1]));
        Assert.False(DiskTagFiles.Native.TryReadStart(At(folder["endless"]), new byte[1]));
    }

    private static DiskPath At(string path) => DiskPath.FromText(path);

    private sealed class TagFiles : Dictionary<string, string>, ITagFiles
    {
        internal List<string> Asked { get; } = [];

        public bool Exists(DiskPath path)
        {
            Asked.Add(path.ToString());
            return ContainsKey(path.ToString());
        }

        public bool TryReadStart(DiskPath path, Span<byte> buffer)
        {
            byte[] content = PathText.ToBytes(this[path.ToString()]);
            content.AsSpan(0, Math.Min(content.Length, buffer.Length)).CopyTo(buffer);
            return content.Length >= buffer.Length;
        }
    }
}
