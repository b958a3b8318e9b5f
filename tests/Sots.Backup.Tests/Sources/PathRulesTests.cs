using System.Text;
using CsCheck;

namespace Sots.Backup.Tests.Sources;

public sealed class PathRulesTests
{
    private static readonly string[] Parts = ["a", ".", "..", "", "b:", "C:", "?", "\\", "/", "//", "\\\\"];

    [Theory]
    [InlineData("", ".")]
    [InlineData(".", ".")]
    [InlineData("a", "a")]
    [InlineData("a/", "a")]
    [InlineData("a//b/./c", "a/b/c")]
    [InlineData("a/b/../c", "a/c")]
    [InlineData("a/../..", "..")]
    [InlineData("../../a", "../../a")]
    [InlineData("../a/../..", "../..")]
    [InlineData("a/..", ".")]
    [InlineData("/", "/")]
    [InlineData("//", "/")]
    [InlineData("/..", "/")]
    [InlineData("/../a/", "/a")]
    [InlineData("/a/../..", "/")]
    [InlineData("...", "...")]
    [InlineData("a\\b", "a\\b")]
    public void Posix_paths_are_cleaned_as_Go_does(string path, string cleaned) =>
        Assert.Equal(cleaned, PathRules.Posix.Clean(DiskPath.FromText(path)).ToString());

    [Theory]
    [InlineData(@"C:\a\..\b\", @"C:\b")]
    [InlineData("C:/a/b", @"C:\a\b")]
    [InlineData(@"C:\..\..", @"C:\")]
    [InlineData("C:", "C:.")]
    [InlineData(@"C:a\..", "C:.")]
    [InlineData(@"\a\b", @"\a\b")]
    [InlineData(@"a/../c:", @".\c:")]
    [InlineData(@"\\host\share", @"\\host\share")]
    [InlineData(@"//host/share/a/..", @"\\host\share\")]
    [InlineData(@"\\host\share\..\x", @"\\host\share\x")]
    [InlineData(@"\\?\C:\a\.\b", @"\\?\C:\a\b")]
    [InlineData("", ".")]
    public void Windows_paths_are_cleaned_as_Go_does(string path, string cleaned) =>
        Assert.Equal(cleaned, PathRules.Windows.Clean(DiskPath.FromText(path)).ToString());

    [Theory]
    [InlineData("C:", 2)]
    [InlineData(@"C:\a", 2)]
    [InlineData(@"\\host\share\a", 12)]
    [InlineData(@"\\host", 6)]
    [InlineData(@"\\?\C:\a", 6)]
    [InlineData(@"\\?\UNC\host\share\a", 18)]
    [InlineData(@"\\.\pipe\x", 8)]
    [InlineData(@"\a", 0)]
    [InlineData("a", 0)]
    [InlineData(".:", 0)]
    [InlineData("/:x", 0)]
    [InlineData("1:", 0)]
    public void A_volume_is_a_drive_or_a_share(string path, int length) =>
        Assert.Equal(length, PathRules.Windows.VolumeLength(Encoding.UTF8.GetBytes(path)));

    [Theory]
    [InlineData(@"a", @"D:\work\a")]
    [InlineData(@"..\a", @"D:\a")]
    [InlineData(@"\a", @"D:\a")]
    [InlineData(@"D:a", @"D:\work\a")]
    [InlineData(@"d:a", @"D:\work\a")]
    [InlineData(@"C:a", @"C:\a")]
    [InlineData(@"C:", @"C:\")]
    [InlineData(@"D:", @"D:\")]
    [InlineData(@"E:/x/", @"E:\x")]
    [InlineData(@"\\host\share\a", @"\\host\share\a")]
    public void Relative_paths_of_Windows_begin_where_Windows_says(string path, string absolute) =>
        Assert.Equal(absolute, PathRules.Windows.MakeAbsolute(DiskPath.FromText(path), DiskPath.FromText(@"D:\work")).ToString());

    [Theory]
    [InlineData("a", "/home/a")]
    [InlineData("/a/", "/a")]
    [InlineData("..", "/")]
    public void Relative_paths_of_posix_begin_in_the_working_directory(string path, string absolute) =>
        Assert.Equal(absolute, PathRules.Posix.MakeAbsolute(DiskPath.FromText(path), DiskPath.FromText("/home")).ToString());

    [Theory]
    [InlineData("/srv/data", "srv|data")]
    [InlineData("sub", "sub")]
    [InlineData("../../data/x", "data|x")]
    [InlineData(".", "")]
    [InlineData("../..", "")]
    [InlineData("/", "")]
    public void Snapshot_directories_of_posix_are_the_components(string path, string components) =>
        Assert.Equal(components, Show(PathRules.Posix.SnapshotComponents(DiskPath.FromText(path))));

    [Theory]
    [InlineData(@"C:\a\b", "C|a|b")]
    [InlineData(@"C:/a", "C|a")]
    [InlineData(@"C:\", "C")]
    [InlineData(@"\\host\share\a", @"\\host\share|a")]
    [InlineData(@"sub\x", "sub|x")]
    [InlineData(@"..\x", "x")]
    [InlineData(@".", "")]
    [InlineData(@".\??\a", "??|a")]
    public void Snapshot_directories_of_Windows_begin_with_the_volume(string path, string components) =>
        Assert.Equal(components, Show(PathRules.Windows.SnapshotComponents(DiskPath.FromText(path))));

    [Theory]
    [InlineData("/a/b", "b")]
    [InlineData("/a/b//", "b")]
    [InlineData("/", "/")]
    [InlineData("", ".")]
    public void The_base_is_the_last_component(string path, string name) =>
        Assert.Equal(name, Encoding.UTF8.GetString(PathRules.Posix.Base(DiskPath.FromText(path))));

    [Theory]
    [InlineData(@"C:\", @"\")]
    [InlineData(@"C:\a/b", "b")]
    [InlineData(@"\\host\share\x", "x")]
    public void The_base_of_Windows_leaves_out_the_volume(string path, string name) =>
        Assert.Equal(name, Encoding.UTF8.GetString(PathRules.Windows.Base(DiskPath.FromText(path))));

    [Theory]
    [InlineData("/a/b", "/a")]
    [InlineData("/a", "/")]
    [InlineData("/", "/")]
    [InlineData("a", ".")]
    public void The_parent_is_what_holds_the_entry(string path, string parent) =>
        Assert.Equal(parent, PathRules.Posix.Parent(DiskPath.FromText(path)).ToString());

    [Theory]
    [InlineData(@"C:\a\b", @"C:\a")]
    [InlineData(@"C:\a", @"C:\")]
    [InlineData(@"C:\", @"C:\")]
    [InlineData(@"\\host\share\a", @"\\host\share\")]
    public void The_parent_on_Windows_stays_in_the_volume(string path, string parent) =>
        Assert.Equal(parent, PathRules.Windows.Parent(DiskPath.FromText(path)).ToString());

    [Theory]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/a", "/a", true)]
    [InlineData("/ab", "/a", false)]
    [InlineData("/a", "/a/b", false)]
    [InlineData("/a", "/", true)]
    [InlineData("/A/b", "/a", false)]
    public void Within_means_whole_components(string path, string directory, bool within) =>
        Assert.Equal(within, PathRules.Posix.IsWithin(DiskPath.FromText(path), DiskPath.FromText(directory)));

    [Theory]
    [InlineData(@"c:\PROJECT\x", @"C:\Project", true)]
    [InlineData(@"D:\Project\x", @"C:\Project", false)]
    [InlineData(@"\\HOST\share\a", @"\\host\Share", true)]
    [InlineData(@"C:\ÄX\y", @"C:\äx", true)]
    public void Within_on_Windows_does_not_regard_case(string path, string directory, bool within) =>
        Assert.Equal(within, PathRules.Windows.IsWithin(DiskPath.FromText(path), DiskPath.FromText(directory)));

    [Theory]
    [InlineData(@"C:\a", @"\\?\C:\a")]
    [InlineData(@"\\host\share\a", @"\\?\UNC\host\share\a")]
    [InlineData(@"\\?\C:\a", @"\\?\C:\a")]
    public void Long_paths_get_the_extended_form(string path, string extended) =>
        Assert.Equal(extended, WindowsPathRules.Extend(DiskPath.FromText(path)));

    [Fact]
    public void Cleaning_twice_changes_nothing_and_leaves_no_superfluous_component() =>
        Gen.Int[0, Parts.Length - 1].Select(i => Parts[i]).Array[0, 8].Sample(parts =>
        {
            DiskPath path = DiskPath.FromText(string.Join('/', parts));
            foreach (PathRules rules in new[] { PathRules.Posix, PathRules.Windows })
            {
                DiskPath once = rules.Clean(path);
                Assert.Equal(once.ToString(), rules.Clean(once).ToString());
                Assert.DoesNotContain("", rules.SnapshotComponents(path).ConvertAll(Encoding.UTF8.GetString));
                Assert.DoesNotContain("..", rules.SnapshotComponents(path).ConvertAll(Encoding.UTF8.GetString));
            }
        });

    private static string Show(List<byte[]> components) => string.Join('|', components.ConvertAll(Encoding.UTF8.GetString));
}
