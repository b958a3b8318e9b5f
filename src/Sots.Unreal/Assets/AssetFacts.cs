using Sots.Unreal.Packages;

namespace Sots.Unreal.Assets;

/// <summary>
/// What is worth remembering of a package: enough to find it by name, class or label and to follow its dependencies. The same bytes have the
/// same facts wherever they are.
/// </summary>
public sealed record AssetFacts
{
    /// <summary>Why there are no facts; null where there are.</summary>
    public PackageFault? Fault { get; init; }

    /// <summary>What the fault is, in one sentence; empty where there is none.</summary>
    public string FaultMessage { get; init; } = "";

    /// <summary>Long name as the package says it, "/Game/Folder/Name"; empty before 5.1 and where unknown.</summary>
    public string PackageName { get; init; } = "";

    /// <summary>Short name of the asset's class; empty where unknown.</summary>
    public string Class { get; init; } = "";

    /// <summary>Label of an actor in the editor; empty for anything else.</summary>
    public string Label { get; init; } = "";

    /// <summary>Full path of the object for actors kept apart from their level, else the object's name.</summary>
    public string ObjectPath { get; init; } = "";

    /// <summary>Engine that saved it, "5.4".</summary>
    public string Engine { get; init; } = "";

    /// <summary>Version of the format, v4 and v5 in one number that grows with the engines.</summary>
    public int Version { get; init; }

    /// <summary>Whether it holds a level.</summary>
    public bool IsLevel { get; init; }

    /// <summary>Packages without which it does not load.</summary>
    public IReadOnlyList<string> HardDependencies { get; init; } = [];

    /// <summary>Packages it names.</summary>
    public IReadOnlyList<string> SoftDependencies { get; init; } = [];

    /// <summary>Source files it was imported from, as the asset tells it (JSON); empty where it was not imported.</summary>
    public string ImportData { get; init; } = "";

    /// <summary>The facts of a header.</summary>
    public static AssetFacts Of(PackageHeader header)
    {
        PackageSummary summary = header.Summary;
        PackageAsset? asset = header.MainAsset;
        return new AssetFacts
        {
            PackageName = summary.PackageName.StartsWith('/') ? summary.PackageName : "", Class = header.AssetClass ?? "", Label = header.ActorLabel ?? "",
            ObjectPath = asset?.ObjectPath ?? "", Engine = summary.EngineVersion, Version = summary.FileVersionUE4 + summary.FileVersionUE5,
            IsLevel = summary.Flags.HasFlag(PackageFlags.ContainsMap), HardDependencies = header.HardDependencies,
            SoftDependencies = header.SoftPackageReferences, ImportData = asset?.FindTag("AssetImportData") ?? "",
        };
    }

    /// <summary>The facts where there is no header.</summary>
    public static AssetFacts Of(PackageException fault) => new() { Fault = fault.Fault, FaultMessage = fault.Message };

    /// <summary>The facts of a file of the disk. One that cannot be opened has none, as a damaged one.</summary>
    public static AssetFacts OfFile(string path)
    {
        try
        {
            using FilePackageSource source = new(path);
            return Of(PackageReader.Read(source));
        }
        catch (PackageException e)
        {
            return Of(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new AssetFacts { Fault = PackageFault.Damaged, FaultMessage = e.Message };
        }
    }

    /// <summary>Whether a file's name is that of a package.</summary>
    public static bool IsPackage(ReadOnlySpan<char> name) =>
        name.EndsWith(".uasset", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".umap", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a file's name, in bytes, is that of a package.</summary>
    public static bool IsPackage(ReadOnlySpan<byte> name) =>
        EndsWith(name, ".uasset"u8) || EndsWith(name, ".umap"u8);

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ending) =>
        name.Length > ending.Length && System.Text.Ascii.EqualsIgnoreCase(name[^ending.Length..], ending);
}
