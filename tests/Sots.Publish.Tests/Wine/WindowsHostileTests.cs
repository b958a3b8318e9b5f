using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing.Hostile;

namespace Sots.Publish.Tests.Wine;

/// <summary>A repository with names and links that are harmful on Windows, restored by the Windows program.</summary>
[Collection(OnWine.Name)]
public sealed class WindowsHostileTests(WineHost wine)
{
    /// <summary>As they stand in the JSON of a tree.</summary>
    private static readonly string[] Refused =
    [
        "..", @"..\\\\up", @"C:", @"C:\\\\evil", @"D:evil", @"\\\\\\\\server\\\\share", "CON", "NUL", "nul.txt", "COM1", "COM1.", "AUX.x", "LPT1", "CONIN$", "x:stream", "x::$DATA", "dot.", "space ",
        "a/b", "what?", "star*", @"esc\\x1b", "GOOD",
    ];

    [Fact]
    public async Task Nothing_leaves_the_target_and_every_refused_name_is_said()
    {
        Assert.SkipWhen(WineHost.Absence is not null, WineHost.Absence ?? "");
        string repository = wine.Drive("Hostile", "repo"), outside = wine.Drive("Hostile", "outside");
        Directory.CreateDirectory(repository);
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "canary"), "sings", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(wine.Drive("Hostile", "password"), "known", TestContext.Current.CancellationToken);
        await ForgeAsync(repository);

        // A link that is there already, and one of the snapshot, both to the outside.
        Directory.CreateDirectory(wine.Drive("Hostile", "target"));
        Directory.CreateSymbolicLink(wine.Drive("Hostile", "target", "planted"), outside);
        CommandResult result = await (wine.Program with { Folder = wine.Drive("Hostile") }).RunAsync(
            "restore", "latest", "--target", @"D:\Hostile\target", "--repo", @"D:\Hostile\repo", "--password-file", @"D:\Hostile\password", "--json");
        result.Expect(1);
        Assert.Equal("good", await File.ReadAllTextAsync(wine.Drive("Hostile", "target", "good"), TestContext.Current.CancellationToken));
        Assert.Equal(["canary"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
        Assert.Equal("sings", await File.ReadAllTextAsync(Path.Combine(outside, "canary"), TestContext.Current.CancellationToken));
        Assert.Equal(["outside", "password", "repo", "target"], Directory.GetFileSystemEntries(wine.Drive("Hostile")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string[] made = [.. Directory.EnumerateFileSystemEntries(wine.Drive("Hostile", "target")).Select(path => Path.GetFileName(path)!).Except(["link"]).Order(StringComparer.Ordinal)];
        Assert.Equal(["folder", "good", "planted"], made);
        Assert.Equal(Refused.Length, result.Error.Split('\n').Count(line => line.Contains("not restored", StringComparison.Ordinal)));
    }

    private static async Task ForgeAsync(string folder)
    {
        using LocalBackend backend = new(folder);
        using OpenRepository repository = await Repository.CreateAsync(
            backend, Encoding.UTF8.GetBytes("known"), new CreateOptions { Scrypt = new(16, 1, 1) }, CancellationToken.None);
        HostileForge forge = new(repository, folder, "", "host") { Canary = "" };
        await forge.SnapshotAsync(
        [
            forge.File("good", "good"),
            HostileForge.Directory("folder", forge.Tree(forge.File("f", "fine"))),
            HostileForge.Directory("planted", forge.Tree(forge.File("canary", "evil"), forge.File("new", "evil"))),
            .. Refused.Select(name => forge.File(name, "evil")),
        ]);
    }
}
