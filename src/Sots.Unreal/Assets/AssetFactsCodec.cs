using Sots.Unreal.Packages;

namespace Sots.Unreal.Assets;

/// <summary>Facts as the files of caches keep them.</summary>
internal static class AssetFactsCodec
{
    /// <summary>The texts of which numbers are written.</summary>
    public static IEnumerable<string> StringsOf(AssetFacts facts) => [.. TextsOf(facts), .. facts.HardDependencies, .. facts.SoftDependencies];

    /// <summary>Writes facts.</summary>
    public static void Write(BinaryWriter writer, CacheStrings strings, AssetFacts facts)
    {
        writer.Write((byte)(facts.Fault is PackageFault fault ? (int)fault + 1 : 0));
        writer.Write(facts.IsLevel);
        writer.Write7BitEncodedInt(facts.Version);
        foreach (string text in TextsOf(facts))
        {
            strings.Write(writer, text);
        }

        strings.Write(writer, facts.HardDependencies);
        strings.Write(writer, facts.SoftDependencies);
    }

    /// <summary>Reads facts.</summary>
    public static AssetFacts Read(BinaryReader reader, CacheStrings strings)
    {
        int fault = reader.ReadByte();
        bool isLevel = reader.ReadBoolean();
        int version = reader.Read7BitEncodedInt();
        string Next() => strings.Read(reader);
        return new AssetFacts
        {
            Fault = fault == 0 ? null : (PackageFault)(fault - 1), IsLevel = isLevel, Version = version, FaultMessage = Next(), PackageName = Next(),
            Class = Next(), Label = Next(), ObjectPath = Next(), Engine = Next(), ImportData = Next(),
            HardDependencies = strings.ReadList(reader), SoftDependencies = strings.ReadList(reader),
        };
    }

    /// <summary>The single texts, in their order.</summary>
    public static string[] TextsOf(AssetFacts facts) =>
        [facts.FaultMessage, facts.PackageName, facts.Class, facts.Label, facts.ObjectPath, facts.Engine, facts.ImportData];
}
