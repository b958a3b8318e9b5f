using Sots.Testing;

namespace Sots.Publish.Tests.Wine;

/// <summary>An Unreal project called Town, with real plugins where the shared material is here, else with made ones.</summary>
internal sealed class TownProject(string root)
{
    /// <summary>Path of a file more than 260 characters below the root.</summary>
    public static string DeepFile { get; } = string.Join('/', Enumerable.Repeat("AFolderWithALongNameAsArtistsLikeThem", 8).Prepend("Content").Append("Deep.bin"));

    /// <summary>A name that no code page has.</summary>
    public const string ForeignFile = "Content/Ümläut ☃ 日本.bin";

    /// <summary>Full path of something in it.</summary>
    public string PathOf(string path) => Path.Combine(root, path);

    /// <summary>Makes it, in its first state.</summary>
    public async Task CreateAsync()
    {
        Write("Town.uproject", "{}");
        Write("Config/DefaultEngine.ini", "[/Script/Engine]");
        Write("Content/Empty.bin", "");
        Write("Content/Locked.bin", "kept from being changed");
        Write("Content/Hidden.bin", "kept from being seen");
        Write(ForeignFile, "from afar");
        Write(DeepFile, "far down");

        // What the rules leave out, spelled otherwise than in the rules.
        Write("INTERMEDIATE/Build/Unit.obj", "compiled");
        Write("deriveddatacache/Entry.udd", "derived");
        Write("Content/Scratch/Notes.txt", "left out by choice");
        byte[] random = new byte[3_000_000];
        new Random(1).NextBytes(random);
        File.WriteAllBytes(PathOf("Content/Map.bin"), random);
        await PluginsAsync(1);
        RoundTimes();
    }

    /// <summary>The next day.</summary>
    public async Task ChangeAsync()
    {
        using (FileStream map = File.OpenWrite(PathOf("Content/Map.bin")))
        {
            map.Position = 1_500_000;
            map.Write("moved a tree"u8);
        }

        Write("Content/New.bin", "new");
        File.Delete(PathOf("Config/DefaultEngine.ini"));
        await PluginsAsync(2);
        RoundTimes();
    }

    /// <summary>Windows knows times to 100 ns, and so does this runtime: what it reads and writes back is without the rest.</summary>
    private void RoundTimes()
    {
        foreach (string path in Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path));
        }
    }

    private async Task PluginsAsync(int state)
    {
        string plugins = PathOf("Plugins");
        if (Directory.Exists(plugins))
        {
            Directory.Delete(plugins, recursive: true);
        }

        if (SharedMaterial.Root is null)
        {
            Write("Plugins/Tools/Tools.uplugin", "{}");
            Write("Plugins/Tools/Content/Tool.bin", $"state {state}");
            return;
        }

        using TempFolder unpacked = new();
        (await new Command("tar").RunAsync("xf", SharedMaterial.PathOf("data", "unreal-states.tar"), "-C", unpacked.Path)).Expect(0);
        Command reader = OtherPrograms.Ours(unpacked["unreal-states"], SharedMaterial.PathOf("data", "password.txt"));
        (await reader.RunAsync("restore", "latest", "--no-lock", "--tag", $"rpgfw,state-{state}", "--target", unpacked["out"])).Expect(0);

        // The state lies below the folder it was saved from.
        string found = unpacked["out"];
        while (Directory.GetFileSystemEntries(found) is [string only] && Directory.Exists(only))
        {
            found = only;
        }

        (await new Command("cp").RunAsync("-a", found, plugins)).Expect(0);
    }

    private void Write(string path, string text)
    {
        string full = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
