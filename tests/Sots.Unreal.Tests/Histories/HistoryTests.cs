using Sots.Unreal.Health;
using Sots.Unreal.Histories;

namespace Sots.Unreal.Tests.Histories;

/// <summary>The history of an asset is what happened to it, told once.</summary>
public sealed class HistoryTests : IDisposable
{
    private const string Door = "Content/Things/BP_Door.uasset", Name = "/Game/Things/BP_Door";
    private readonly HistoryScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Versions_are_told_once_with_what_changed_inside()
    {
        _scene.Write(Door, HistoryScene.Package(Name, objects: ["Hinge", "Lock"], needs: ["/Game/Wood"], tags: [("Parts", "2"), ("Old", "x")]));
        _scene.Write("Content/Other.uasset", HistoryScene.Package("/Game/Other"));
        await _scene.SaveAsync();
        await _scene.SaveAsync();
        _scene.Write("Content/Other.uasset", HistoryScene.Package("/Game/Other", objects: ["More"]));
        await _scene.SaveAsync();
        _scene.Write(Door, HistoryScene.Package(Name, objects: ["Hinge", "Handle", "Window"], needs: ["/Game/Wood", "/Game/Glass"], tags: [("Parts", "3"), ("New", "y")]));
        await _scene.SaveAsync();

        IReadOnlyList<HistoryVersion> versions = await _scene.VersionsAsync("BP_Door");
        Assert.Equal([3, 1], versions.Select(static version => version.Snapshots));
        Assert.Null(versions[0].Change);
        Assert.All(versions, static version => Assert.Equal(("5.7", "Blueprint", false), (version.Details!.Facts.Engine, version.Details.Facts.Class, version.Details.IsDamaged)));
        AssetChange change = versions[1].Change!;
        Assert.Equal(["Handle", "Window"], change.ObjectsAdded.Select(static at => at.Path.Split('.')[^1]));
        Assert.Equal(["Lock"], change.ObjectsRemoved.Select(static at => at.Path.Split('.')[^1]));
        Assert.Equal(["/Game/Glass"], change.DependenciesAdded);
        Assert.Empty(change.DependenciesRemoved);
        Assert.Equal([new TagChange("Parts", "2", "3"), new TagChange("New", null, "y"), new TagChange("Old", "x", null)], change.Tags);
    }

    [Fact]
    public async Task A_file_that_is_deleted_and_comes_back_has_all_three_runs()
    {
        byte[] one = HistoryScene.Package(Name), two = HistoryScene.Package(Name, objects: ["Hinge"]);
        _scene.Write("Content/Other.uasset", HistoryScene.Package("/Game/Other"));
        await _scene.SaveAsync();
        _scene.Write(Door, one);
        await _scene.SaveAsync();
        _scene.Write(Door, two);
        await _scene.SaveAsync();
        _scene.Delete(Door);
        await _scene.SaveAsync();
        await _scene.SaveAsync();
        _scene.Write(Door, one);
        await _scene.SaveAsync();

        IReadOnlyList<HistoryVersion> versions = await _scene.VersionsAsync(Name);
        Assert.Equal([(false, 1), (false, 1), (true, 2), (false, 1)], versions.Select(static version => (version.IsDeletion, version.Snapshots)));
        Assert.Same(versions[0].First, versions[3].SameAs!.First);
        Assert.Equal(["Hinge"], versions[3].Change!.ObjectsRemoved.Select(static at => at.Path.Split('.')[^1]));
    }

    [Theory]
    [InlineData(Door)]
    [InlineData("Content/Doors/BP_Door.uasset")]
    [InlineData("BP_Door")]
    public async Task A_file_that_was_moved_unchanged_has_one_history_by_both_paths(string word)
    {
        _scene.Write(Door, HistoryScene.Package(Name));
        _scene.Write("Content/Empty1.txt", []);
        await _scene.SaveAsync();
        _scene.Write(Door, HistoryScene.Package(Name, objects: ["Hinge"]));
        await _scene.SaveAsync();
        _scene.Move(Door, "Content/Doors/BP_Door.uasset");
        _scene.Move("Content/Empty1.txt", "Content/Empty2.txt");
        await _scene.SaveAsync();
        await _scene.SaveAsync();

        IReadOnlyList<HistoryVersion> versions = await _scene.VersionsAsync(word);
        Assert.Equal([1, 1, 2], versions.Select(static version => version.Snapshots));
        Assert.EndsWith(Door, versions[1].Path, StringComparison.Ordinal);
        Assert.EndsWith("Content/Doors/BP_Door.uasset", versions[2].Path, StringComparison.Ordinal);
        Assert.Equal(versions[1].Path, versions[2].MovedFrom);

        // Empty files are all alike: none of them was moved.
        Assert.Equal([false, true], (await _scene.VersionsAsync("Empty1.txt")).Select(static version => version.IsDeletion));
    }

    [Fact]
    public async Task What_is_damaged_is_told_and_the_next_version_is_compared_with_the_last_that_was_not()
    {
        byte[] one = HistoryScene.Package(Name, objects: ["Hinge"]), two = HistoryScene.Package(Name, objects: ["Hinge", "Lock"]);
        foreach (byte[] content in (byte[][])[one, new byte[4000], one[..^50], two])
        {
            _scene.Write(Door, content);
            await _scene.SaveAsync();
        }

        IReadOnlyList<HistoryVersion> versions = await _scene.VersionsAsync("BP_Door");
        Assert.Equal(
            [null, PackageCause.Zeroed, PackageCause.Truncated, null],
            versions.Select(static version => version.Details!.Findings.Where(static finding => finding.IsDamage).Select(static finding => (PackageCause?)finding.Cause).FirstOrDefault()));
        Assert.Equal(["Lock"], versions[3].Change!.ObjectsAdded.Select(static at => at.Path.Split('.')[^1]));
        Assert.Equal(versions[3].First.Id, Assert.Single((await _scene.AskAsync("BP_Door")).Histories).NewestHealthy!.First.Id);
    }

    [Fact]
    public async Task Where_a_word_may_mean_several_files_they_are_named_and_all_of_them_can_be_told()
    {
        _scene.Write("Content/A/Lamp.uasset", HistoryScene.Package("/Game/A/Lamp"));
        _scene.Write("Content/B/Lamp.uasset", HistoryScene.Package("/Game/B/Lamp", type: "/Script/Engine.StaticMesh"));
        await _scene.SaveAsync();
        HistoryAnswer answer = await _scene.AskAsync("lamp");
        Assert.Empty(answer.Histories);
        Assert.Equal(["Blueprint", "StaticMesh"], answer.Candidates.Select(static candidate => candidate.Facts!.Class));
        Assert.Equal(2, (await _scene.AskAsync("lamp", all: true)).Histories.Count);
        Assert.EndsWith("/B/Lamp.uasset", Assert.Single((await _scene.AskAsync("B/Lamp")).Histories).Path, StringComparison.Ordinal);
        Assert.EndsWith("/B/Lamp.uasset", Assert.Single((await _scene.AskAsync("StaticMesh")).Histories).Path, StringComparison.Ordinal);
        Assert.Empty((await _scene.AskAsync("Lamp", only: HistoryMatch.Label)).Candidates);
    }

    [Fact]
    public async Task Actors_are_found_by_their_label_and_a_name_counts_more_than_a_label()
    {
        _scene.Write("Content/__ExternalActors__/Maps/Arena/0/AB/CDEF.uasset", HistoryScene.Package("/Game/__ExternalActors__/Maps/Arena/0/AB/CDEF", "/Script/Engine.StaticMeshActor", label: "Big Tree"));
        _scene.Write("Content/__ExternalActors__/Maps/Arena/0/AB/GHIJ.uasset", HistoryScene.Package("/Game/__ExternalActors__/Maps/Arena/0/AB/GHIJ", "/Script/Engine.StaticMeshActor", label: "BP_Door"));
        _scene.Write(Door, HistoryScene.Package(Name));
        await _scene.SaveAsync();
        Assert.EndsWith("CDEF.uasset", Assert.Single((await _scene.AskAsync("big tree")).Histories).Path, StringComparison.Ordinal);
        Assert.EndsWith("BP_Door.uasset", Assert.Single((await _scene.AskAsync("BP_Door")).Histories).Path, StringComparison.Ordinal);
        Assert.EndsWith("GHIJ.uasset", Assert.Single((await _scene.AskAsync("BP_Door", only: HistoryMatch.Label)).Histories).Path, StringComparison.Ordinal);
        Assert.Equal(2, (await _scene.AskAsync("StaticMeshActor")).Candidates.Count);
    }

    [Fact]
    public async Task Each_project_has_its_own_history()
    {
        _scene.Write(Door, HistoryScene.Package(Name));
        await _scene.SaveAsync("one");
        await _scene.SaveAsync("two");
        _scene.Write(Door, HistoryScene.Package(Name, objects: ["Hinge"]));
        await _scene.SaveAsync("one");
        HistoryAnswer answer = await _scene.AskAsync("BP_Door");
        Assert.Equal([("one", 2), ("two", 1)], answer.Histories.Select(static history => (history.Hostname, history.Versions.Count)));
    }

    [Fact]
    public async Task A_file_that_is_no_package_has_its_versions_too()
    {
        _scene.Write("Config/DefaultEngine.ini", [1]);
        await _scene.SaveAsync();
        _scene.Write("Config/DefaultEngine.ini", [1, 2]);
        await _scene.SaveAsync();
        Assert.Equal([(1UL, null), (2UL, null)], (await _scene.VersionsAsync("DefaultEngine.ini")).Select(static version => (version.Node!.Size, version.Details)));
        Assert.Equal(2, (await _scene.VersionsAsync("Config/DefaultEngine.ini")).Count);
    }

    [Fact]
    public async Task Nothing_is_read_twice()
    {
        for (int i = 0; i < 4; i++)
        {
            _scene.Write(Door, HistoryScene.Package(Name, label: "The door", objects: [.. Enumerable.Range(0, i).Select(static n => $"Part{n}")]));
            _scene.Write($"Content/Folder{i}/Other.uasset", HistoryScene.Package($"/Game/Folder{i}/Other"));
            await _scene.SaveAsync();
            await _scene.SaveAsync();
        }

        HistoryAnswer first = await _scene.AskAsync("The door"), second = await _scene.AskAsync("The door");
        Assert.Equal(4, Assert.Single(first.Histories).Versions.Count);

        // Of each door the facts and the details, of each other package, which are all the same but for their names, the facts.
        Assert.Equal(4 + 4 + 4, first.ReadPackages);
        Assert.Equal(0, second.ReadPackages);

        // A cache that is gone costs time and nothing else.
        _scene.Facts = new();
        _scene.Details = new();
        HistoryAnswer third = await _scene.AskAsync("The door");
        Assert.Equal(first.ReadPackages, third.ReadPackages);
        Assert.Equal(first.Histories[0].Versions.Select(static version => version.Snapshots), third.Histories[0].Versions.Select(static version => version.Snapshots));
    }

    [Fact]
    public async Task A_version_whose_content_is_lost_is_told_and_the_others_are_there()
    {
        foreach (string[] objects in (string[][])[[], ["Hinge"], ["Hinge", "Lock"]])
        {
            _scene.Write(Door, HistoryScene.Package(Name, objects: objects));
            await _scene.SaveAsync();
        }

        await _scene.LoseAsync((await _scene.VersionsAsync("BP_Door"))[1].Node!);
        _scene.Details = new();
        IReadOnlyList<HistoryVersion> versions = await _scene.VersionsAsync("BP_Door");
        Assert.Equal([false, true, false], versions.Select(static version => version.Problem is not null));
        Assert.Equal(2, versions[2].Change!.ObjectsAdded.Count);
        Assert.EndsWith(Door, Assert.Single(_scene.Problems), StringComparison.Ordinal);
    }
}
