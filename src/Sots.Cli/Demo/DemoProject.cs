using System.Text;

namespace Sots.Cli.Demo;

/// <summary>A small project that looks like one of Unreal's, made of numbers so that every run has the same one.</summary>
internal sealed class DemoProject(string root)
{
    private const int Assets = 30, Sources = 8, Junk = 14;

    /// <summary>Folder of the project.</summary>
    public string Root { get; } = root;

    /// <summary>Writes it. What lies in Intermediate, DerivedDataCache and Saved/Logs is there to be left out.</summary>
    public void Create()
    {
        WriteText("Demo.uproject", """{ "FileVersion": 3, "EngineAssociation": "5.4", "Modules": [ { "Name": "Demo", "Type": "Runtime" } ] }""");
        WriteText("Config/DefaultEngine.ini", "[/Script/EngineSettings.GameMapsSettings]\nGameDefaultMap=/Game/Maps/Start\n");
        WriteText("Config/DefaultGame.ini", "[/Script/EngineSettings.GeneralProjectSettings]\nProjectName=Demo\n");
        WriteText("Content/Texts/Ümläut ☃.csv", "key,text\nhello,Grüß Gott\n");
        WriteText("Content/Empty.txt", "");
        for (int i = 0; i < Assets; i++)
        {
            WriteAsset($"Content/Meshes/SM_{i:00}.uasset", Mesh(i), seed: i, length: 2_000 + (i * 9_001));
        }

        WriteAsset("Content/Maps/Start.umap", new DemoPackage("/Game/Maps/Start", "World", MeshNames(3)), seed: 100, length: 3_000_000);
        WriteAsset("Content/Textures/T_Stone.uasset", new DemoPackage("/Game/Textures/T_Stone", "Texture2D"), seed: 101, length: 263_029);
        for (int i = 0; i < Sources; i++)
        {
            WriteText($"Source/Demo/File{i}.cpp", string.Concat(Enumerable.Repeat($"// line of file {i}\nint f{i}() {{ return {i}; }}\n", 50 + i)));
        }

        WriteText("Source/Demo/Demo.Build.cs", "using UnrealBuildTool;\n");
        for (int i = 0; i < Junk; i++)
        {
            WriteBytes($"Intermediate/Build/Win64/Unit{i}.obj", seed: 200 + i, length: 20_000);
            WriteBytes($"DerivedDataCache/{i:x2}/Entry.udd", seed: 300 + i, length: 20_000);
        }

        WriteText("Saved/Logs/Demo.log", "LogInit: Display: running\n");
    }

    /// <summary>A day's work: three files edited, one added, one deleted.</summary>
    public void Edit()
    {
        File.AppendAllText(PathOf("Source/Demo/File3.cpp"), "// a new idea\n");
        WriteText("Config/DefaultGame.ini", "[/Script/EngineSettings.GeneralProjectSettings]\nProjectName=Demo\nProjectVersion=2\n");
        using (FileStream map = new(PathOf("Content/Maps/Start.umap"), FileMode.Open, FileAccess.Write))
        {
            map.Position = 1_500_000;
            map.Write("moved a tree"u8);
        }

        WriteAsset("Content/Meshes/SM_New.uasset", new DemoPackage("/Game/Meshes/SM_New", "StaticMesh"), seed: 400, length: 150_000);
        File.Delete(PathOf("Content/Meshes/SM_07.uasset"));
    }

    /// <summary>Every file that a backup should have, with the hash of its content, by relative path with forward slashes.</summary>
    public SortedDictionary<string, string> Expected() =>
        FolderContent.Hash(Root, path => !path.StartsWith("Intermediate/", StringComparison.Ordinal)
            && !path.StartsWith("DerivedDataCache/", StringComparison.Ordinal) && !path.StartsWith("Saved/Logs/", StringComparison.Ordinal));

    private void WriteText(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    private void WriteBytes(string path, int seed, int length) => Write(path, DemoPackage.Noise(seed, length));

    private void WriteAsset(string path, DemoPackage package, int seed, int length) => Write(path, package.Write(seed, length));

    private static DemoPackage Mesh(int number) => new($"/Game/Meshes/SM_{number:00}", "StaticMesh");

    private static string[] MeshNames(int count) => [.. Enumerable.Range(0, count).Select(static number => $"/Game/Meshes/SM_{number:00}")];

    private void Write(string path, byte[] content)
    {
        string full = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }

    private string PathOf(string path) => Path.Combine(Root, path.Replace('/', Path.DirectorySeparatorChar));
}
