using System.Security.Cryptography;
using Sots.Backup.Progress;
using Sots.Testing;
using Sots.Testing.Unreal;
using Sots.Unreal.Content;
using Sots.Unreal.SourceArt;

namespace Sots.Unreal.Tests.SourceArt;

/// <summary>The files that assets were imported from: found, compared, missed.</summary>
public sealed class SourceArtTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public SourceArtTests()
    {
        Directory.CreateDirectory(_folder["Game", "Content", "Art"]);
        File.WriteAllText(_folder["Game", "Game.uproject"], "{}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_source_file_is_present_changed_or_missing()
    {
        Import("A", ("A.png", Md5("a")), ("../../Raw/B.fbx", Md5("b")), ("Gone.tga", Md5("c")), ("NoSum.wav", ""));
        Write("Game/Content/Art/A.png", "a");
        Write("Game/Raw/B.fbx", "edited");
        Write("Game/Content/Art/NoSum.wav", "w");
        Assert.Equal(
            ["Content/Art/A.png Present", "Content/Art/Gone.tga Missing", "Content/Art/NoSum.wav Unchecked", "Raw/B.fbx Changed"],
            (await CheckAsync()).Select(static file => $"{file.Inside} {file.State}"));
    }

    [Fact]
    public async Task A_path_from_the_editor_of_another_computer_is_found_by_its_end_or_its_content()
    {
        const string program = "../../../../../../Work/MyGame/";
        Import("A", (program + "Tools/Csv/Table.csv", Md5("new")), (program + "Content/../../Elsewhere/Icons/Same.png", Md5("same")), (program + "Content/Other.png", Md5("other")));
        Write("Game/Tools/Csv/Table.csv", "edited");
        Write("Game/Art/Same.png", "same");
        Write("Game/Art/Other.png", "of the same name only");
        Assert.Equal(
            ["- Missing", "Art/Same.png Present", "Tools/Csv/Table.csv Changed"],
            (await CheckAsync()).Select(static file => $"{file.Inside ?? "-"} {file.State}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_outside_the_project_is_found_on_its_drive()
    {
        string outside = _folder["Art", "Rock.fbx"];
        Write("Art/Rock.fbx", "rock");
        Import("A", (outside.Replace('\\', '/'), Md5("rock")), ("../../../../../../../../../../" + outside[Path.GetPathRoot(outside)!.Length..].Replace('\\', '/'), Md5("older")));
        IReadOnlyList<SourceArtFile> found = await CheckAsync(Path.GetPathRoot(outside));
        Assert.Equal([SourceArtState.Changed, SourceArtState.Present], found.Select(static file => file.State).OrderDescending());
        Assert.All(found, file => Assert.Equal((outside, null), (file.Outside, file.Inside)));
    }

    [Fact]
    public async Task Assets_of_one_source_are_told_together()
    {
        Import("A", ("S.png", Md5("s")));
        Import("B", ("S.png", Md5("s")));
        Assert.Equal(["/Game/Art/A", "/Game/Art/B"], Assert.Single(await CheckAsync()).Assets.Select(static asset => asset.Name));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("[]", 0)]
    [InlineData("{}", 0)]
    [InlineData("[1, null, \"x\"]", 0)]
    [InlineData("[{ \"RelativeFilename\" : 5 }]", 0)]
    [InlineData("[{ \"RelativeFilename\" : \"\", \"FileMD5\" : \"\" }]", 0)]
    [InlineData("[{ \"RelativeFilename\" : ", 0)]
    [InlineData("[{ \"RelativeFilename\" : \"D:\\Art\\Sky.png\", \"FileMD5\" : \"AB\" }]", 1)]
    [InlineData("[{ \"RelativeFilename\" : \"a\" }, { \"RelativeFilename\" : \"b\" }]", 2)]
    public void Import_data_of_any_kind_are_read_or_passed_over(string text, int count) => Assert.Equal(count, ImportedFile.Parse(text).Count);

    [Theory]
    [InlineData("a/../b", "b")]
    [InlineData("a/./b//c", "a/b/c")]
    [InlineData("a/../../b", null)]
    [InlineData("..", null)]
    [InlineData("", "")]
    public void A_path_that_leads_out_of_the_tree_has_no_place_in_it(string path, string? collapsed) => Assert.Equal(collapsed, SourcePlaces.Collapse(path));

    private Task<IReadOnlyList<SourceArtFile>> CheckAsync(string? drive = null) =>
        SourceArtCheck.RunAsync(DiskTree.Load(_folder["Game"], CancellationToken.None), drive, new OperationCounters(), CancellationToken.None);

    private void Import(string name, params (string File, string Md5)[] files)
    {
        string json = $"[{string.Join(", ", files.Select(static file => $"{{ \"RelativeFilename\" : \"{file.File}\", \"Timestamp\" : \"1\", \"FileMD5\" : \"{file.Md5}\" }}"))}]";
        File.WriteAllBytes(_folder["Game", "Content", "Art", name + ".uasset"], new PackageWriter { PackageName = "/Game/Art/" + name, Tags = [("AssetImportData", json)] }.Write());
    }

    private void Write(string path, string text)
    {
        string full = _folder[path.Split('/')];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

#pragma warning disable CA5351 // What the editor writes down.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
