using System.Text;
using Sots.Unreal.Packages;

namespace Sots.Testing.Unreal;

/// <summary>Whole packages that hold a text in place of objects, for tests that care for files and not for what is in packages.</summary>
public static class TestPackage
{
    /// <summary>Whether a file's name is that of a package.</summary>
    public static bool IsName(string path) => path.EndsWith(".uasset", StringComparison.Ordinal) || path.EndsWith(".umap", StringComparison.Ordinal);

    /// <summary>A package with a text in it.</summary>
    public static byte[] Of(string text) => new PackageWriter { Data = Encoding.UTF8.GetBytes(text) }.Write();

    /// <summary>A level with a text in it, that calls itself by a name.</summary>
    public static byte[] Level(string name, string text) =>
        new PackageWriter { PackageName = name, Class = "/Script/Engine.World", Data = Encoding.UTF8.GetBytes(text) }.Write();

    /// <summary>An actor in a file of its own, with any data.</summary>
    /// <param name="level">Path of its level below Content.</param>
    /// <param name="folder">The two folders that it lies in, "1/2X".</param>
    /// <param name="name">Name of its file.</param>
    /// <param name="label">Its label.</param>
    /// <param name="data">What stands for its properties.</param>
    public static byte[] Actor(string level, string folder, string name, string label, byte[] data) => new PackageWriter
    {
        PackageName = $"/Game/__ExternalActors__/{level}/{folder}/{name}", Class = "/Script/Engine.StaticMeshActor", Tags = [("ActorLabel", label)],
        ObjectPath = $"/Game/{level}.{level[(level.LastIndexOf('/') + 1)..]}:PersistentLevel.{name}", Data = data,
    }.Write();

    /// <summary>The text of such a package.</summary>
    public static string TextOf(byte[] package) =>
        Encoding.UTF8.GetString(package.AsSpan(PackageReader.ReadSummary(package, package.Length).TotalHeaderSize..^sizeof(uint)));

    /// <summary>Writes a text to a file, in a package where the name is that of one.</summary>
    public static void WriteText(string path, string text) => File.WriteAllBytes(path, IsName(path) ? Of(text) : Encoding.UTF8.GetBytes(text));

    /// <summary>The text that was written; of a file that is no package any more, all of it.</summary>
    public static string ReadText(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return IsName(path) && bytes.AsSpan().StartsWith<byte>([0xC1, 0x83, 0x2A, 0x9E]) ? TextOf(bytes) : Encoding.UTF8.GetString(bytes);
    }
}
