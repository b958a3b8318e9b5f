using Sots.Backup.Progress;
using Sots.Testing;
using Sots.Testing.Unreal;
using Sots.Unreal.Content;
using Sots.Unreal.References;

namespace Sots.Unreal.Tests.References;

/// <summary>What is missing, what was moved, and what a package needs.</summary>
public sealed class ReferenceCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly UnrealStates _states;

    public ReferenceCheckTests(UnrealStates states)
    {
        _states = states;
        File.WriteAllText(_folder["Game.uproject"], "{}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_another_package_needs_and_is_gone_is_missing_and_nothing_else_is()
    {
        Write("A", "/Game/B", "/Game/Gone", "/Engine/Cube", "/Niagara/Sprite", "/game/gone", "/Game/A");
        Write("B", "/Game/Gone");
        ReferenceFindings found = await CheckAsync();
        MissingPackage missing = Assert.Single(found.Missing);
        Assert.Equal(("/Game/Gone", "Content/Gone"), (missing.Name, Assert.Single(missing.Paths)));
        Assert.Equal(["/Game/A", "/Game/B"], missing.NeededBy.Select(static package => package.Name).Distinct());
        Assert.Equal(["/Engine 1", "/Niagara 1"], found.Outside.Select(static one => $"{one.Mount} {one.Packages}"));
        Assert.Equal((2, 2, 0, 0), (found.Packages, found.Broken, found.Moved.Count, found.Unreadable.Count));
    }

    [Fact]
    public async Task A_file_that_was_moved_outside_the_editor_is_named_where_it_is_missed()
    {
        Write("A", "/Game/Old/B");
        Write("B", "/Game/Old/B");
        WriteAs("New/B", "/Game/Old/B");
        WriteAs("Copy", "/Game/B");
        WriteAs("FromTemplate", "/Engine/Maps/Templates/Basic");
        ReferenceFindings found = await CheckAsync();
        Assert.Equal("/Game/New/B", Assert.Single(found.Missing).MovedTo?.Name);
        Assert.Equal(["/Game/Copy", "/Game/New/B"], found.Moved.Select(static moved => moved.Package.Name));
        Assert.Equal("/Game/B", found.Moved[0].AtOldPlace?.Name);
        Assert.Null(found.Moved[1].AtOldPlace);
    }

    [Fact]
    public async Task A_redirector_is_followed_like_any_package()
    {
        Write("A", "/Game/Old");
        File.WriteAllBytes(At("Old"), new PackageWriter { PackageName = "/Game/Old", Class = "/Script/CoreUObject.ObjectRedirector", HardDependencies = ["/Game/New"] }.Write());
        WriteAs("New", "/Game/Old");
        ReferenceFindings found = await CheckAsync();
        Assert.Empty(found.Missing);
        Assert.True(Assert.Single(found.Moved).IsRedirected);
    }

    [Fact]
    public async Task Only_what_was_not_missing_before_is_new()
    {
        Write("A", "/Game/Gone", "/Game/Going");
        Write("Going");
        ReferenceFindings before = await CheckAsync();
        File.Delete(At("Going"));
        Write("C", "/Game/Gone");
        ReferenceFindings after = await CheckAsync();
        Assert.Equal(["/Game/Going /Game/A", "/Game/Gone /Game/C"], after.NewSince(before).Select(static one => $"{one.Name} {one.NeededBy.Single().Name}"));
        Assert.Empty(after.NewSince(after));
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_and_not_taken_for_missing()
    {
        Write("A", "/Game/B");
        File.WriteAllText(At("B"), "version https://git-lfs.github.com/spec/v1\n");
        ReferenceFindings found = await CheckAsync();
        Assert.Empty(found.Missing);
        Assert.Equal("/Game/B", Assert.Single(found.Unreadable).Package.Name);
    }

    [Fact]
    public async Task Old_packages_that_do_not_know_their_name_are_never_taken_for_moved()
    {
        File.WriteAllBytes(At("A"), new PackageWriter { Version4 = 522, Version5 = 0, PackageName = "/Game/Elsewhere", HardDependencies = ["/Game/B"] }.Write());
        ReferenceFindings found = await CheckAsync();
        Assert.Equal("/Game/B", Assert.Single(found.Missing).Name);
        Assert.Empty(found.Moved);
    }

    [Fact]
    public async Task A_closure_has_everything_that_is_needed_once()
    {
        Write("A", "/Game/B", "/Game/C", "/Engine/Cube");
        Write("B", "/Game/C", "/Game/A");
        Write("C", "/Game/D", "/Game/Gone", "/Game/L");
        Write("D");
        Write("Unrelated", "/Game/A");
        File.WriteAllBytes(At("L.umap"), new PackageWriter { PackageName = "/Game/L", HardDependencies = ["/Game/Unrelated"] }.Write());
        DiskTree tree = DiskTree.Load(_folder.Path, CancellationToken.None);
        DependencyClosure closure = await DependencyClosure.FollowAsync(tree, [tree.Content.FindByPath("Content/A.uasset")!], CancellationToken.None);
        Assert.Equal(["/Game/A", "/Game/B", "/Game/C", "/Game/D"], closure.Packages.Select(static known => known.Package.Name));
        Assert.Equal(("/Game/Gone", "/Game/C"), (closure.Missing.Single().Name, closure.Missing.Single().NeededBy.Name));
        Assert.Equal("/Engine/Cube", closure.Outside.Single().Name);
        Assert.Equal("/Game/L", closure.Levels.Single().Name);
    }

    /// <summary>Looked up one by one: none of these four files is anywhere in the states.</summary>
    [Fact]
    public async Task In_real_projects_only_what_is_really_missing_is_told()
    {
        Assert.SkipWhen(UnrealStates.Absence is not null, UnrealStates.Absence ?? "");
        HashSet<string> missing = [];
        foreach (string state in _states.All)
        {
            DiskTree tree = DiskTree.Load(state, CancellationToken.None);
            ReferenceFindings found = await ReferenceCheck.RunAsync(tree, new OperationCounters(), CancellationToken.None);
            Assert.True(found.Packages > 100 && found.Moved.Count == 0 && found.Unreadable.Count == 0, state);
            foreach (MissingPackage one in found.Missing)
            {
                missing.Add(one.Name);
                Assert.Empty(Directory.EnumerateFiles(state, one.Name[(one.Name.LastIndexOf('/') + 1)..] + ".*", SearchOption.AllDirectories));
            }
        }

        Assert.Equal(
            ["/ALS/ALS/OverlayObjects/Rifle/SKM_Als_Rifle", "/ALS/ALSExtras/Environment/Materials/T_Als_Tiles_M", "/ALS/ALSExtras/Environment/Materials/T_Als_Tiles_N", "/TLGame/Sounds/SW_Room_Kitchen"],
            missing.Order(StringComparer.Ordinal));
    }

    private Task<ReferenceFindings> CheckAsync() => ReferenceCheck.RunAsync(DiskTree.Load(_folder.Path, CancellationToken.None), new OperationCounters(), CancellationToken.None);

    private void Write(string path, params string[] needs) => WriteAs(path, "/Game/" + path, needs);

    private void WriteAs(string path, string name, params string[] needs) =>
        File.WriteAllBytes(At(path), new PackageWriter { PackageName = name, HardDependencies = needs }.Write());

    private string At(string path)
    {
        string full = Path.Combine(_folder["Content"], path.Contains('.', StringComparison.Ordinal) ? path : path + ".uasset");
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
