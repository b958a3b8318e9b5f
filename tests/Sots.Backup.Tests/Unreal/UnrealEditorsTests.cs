using Sots.Backup.Restoring;
using Sots.Testing;
using Sots.Unreal;

namespace Sots.Backup.Tests.Unreal;

/// <summary>Whether an editor has a project open, for given processes.</summary>
public sealed class UnrealEditorsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly UnrealProject _project;

    public UnrealEditorsTests()
    {
        Directory.CreateDirectory(_folder["Game"]);
        File.WriteAllText(_folder["Game", "Game.uproject"], "{}");
        _project = UnrealProject.Open(_folder["Game", "Game.uproject"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_editor_is_recognised_by_its_command_line_its_folder_or_its_files()
    {
        Assert.Equal("UnrealEditor (process 7)", Find(Editor([_project.File])).Open);
        Assert.NotNull(Find(Editor([$"-project=\"{_project.File}\""])).Open);
        Assert.NotNull(Find(Editor(["Game.uproject"])).Open);
        Assert.NotNull(Find(Editor([], _folder["Game"])).Open);
        Assert.NotNull(Find(Editor([], _folder["Game", "Content", "A.uasset"])).Open);
        Assert.NotNull(Find(new RunningProcess(8, "UE4Editor-Win64-Debug", [_project.File], [])).Open);
    }

    [Fact]
    public void An_editor_of_another_project_is_none_of_ours()
    {
        Assert.Equal(new EditorFinding(null, 1), Find(Editor([_folder["Other", "Game.uproject"]], _folder["Game2"])));
        Assert.Equal(new EditorFinding(null, 0), Find(new RunningProcess(9, "devenv", [_project.File], [_folder["Game"]])));
        Assert.Equal(new EditorFinding(null, 0), Find());
    }

    [Fact]
    public void An_editor_that_shows_nothing_of_itself_is_recognised_by_the_log_it_holds()
    {
        HeldLog held = new();
        Assert.Equal("UnrealEditor (process 7)", UnrealEditors.Find(_project, new Table(Editor([])), held, CancellationToken.None).Open);
        Assert.Equal(_folder["Game", "Saved", "Logs", "Game.log"], Assert.Single(held.Asked).ToString());
        Assert.Null(UnrealEditors.Find(_project, new Table(), held, CancellationToken.None).Open);
    }

    [Theory]
    [InlineData("Content/Maps/A.umap", "Content/Maps/A.umap|Content/__ExternalActors__/Maps/A|Content/__ExternalObjects__/Maps/A")]
    [InlineData("Plugins/P/Content/A.umap", "Plugins/P/Content/A.umap|Plugins/P/Content/__ExternalActors__/A|Plugins/P/Content/__ExternalObjects__/A")]
    [InlineData("Content/Maps", "Content/Maps")]
    [InlineData("A.umap", "A.umap")]
    public void A_level_is_its_file_and_the_folders_of_its_actors(string path, string paths) => Assert.Equal(paths, string.Join('|', UnrealLevels.WithActors(path)));

    private static RunningProcess Editor(string[] arguments, params string[] open) => new(7, "UnrealEditor", arguments, open);

    private EditorFinding Find(params RunningProcess[] processes) => UnrealEditors.Find(_project, new Table(processes), new HeldLog(isHeld: false), CancellationToken.None);

    private sealed class Table(params RunningProcess[] processes) : ProcessTable
    {
        public override IReadOnlyList<RunningProcess> Find(Func<string, bool> isWanted) => [.. processes.Where(process => isWanted(process.Name))];
    }

    private sealed class HeldLog(bool isHeld = true) : OpenFileProbe
    {
        public List<DiskPath> Asked { get; } = [];

        public override IReadOnlyList<HeldFile> Find(IReadOnlyCollection<DiskPath> files, CancellationToken cancellationToken)
        {
            Asked.AddRange(files);
            return isHeld ? [.. files.Select(file => new HeldFile(file, "somebody"))] : [];
        }
    }
}
