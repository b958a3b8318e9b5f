namespace Sots.Unreal.Packages;

/// <summary>
/// The header of a package: everything before its objects' data. Immutable, thread safe. Source: docs/UNREAL-PACKAGES.md.
/// </summary>
public sealed class PackageHeader
{
    // Real objects lie in a handful of others. Without a limit the paths of a long chain would be the square of it.
    private const int DeepestPath = 64, LongestPath = 1024;

    internal PackageHeader(PackageSummary summary) => Summary = summary;

    /// <summary>The first part.</summary>
    public PackageSummary Summary { get; }

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; internal init; } = [];

    /// <summary>Objects of other packages.</summary>
    public IReadOnlyList<PackageImport> Imports { get; internal init; } = [];

    /// <summary>Objects of this one.</summary>
    public IReadOnlyList<PackageExport> Exports { get; internal init; } = [];

    /// <summary>Packages that are named but need not be loaded.</summary>
    public IReadOnlyList<string> SoftPackageReferences { get; internal init; } = [];

    /// <summary>What the asset registry knows; empty where the package says nothing.</summary>
    public IReadOnlyList<PackageAsset> Assets { get; internal init; } = [];

    /// <summary>Pictures, also empty ones.</summary>
    public IReadOnlyList<PackageThumbnail> Thumbnails { get; internal init; } = [];

    /// <summary>Where everything lies, in the order of the file. Together they are the whole header.</summary>
    public IReadOnlyList<PackageSection> Sections { get; internal init; } = [];

    /// <summary>Long names of the packages without which this one does not load; the engine's own code is not among them.</summary>
    public IReadOnlyList<string> HardDependencies
    {
        get
        {
            // A backup asks this of every package.
            List<string> found = [];
            HashSet<string>? names = null;
            for (int i = 0; i < Imports.Count; i++)
            {
                PackageImport import = Imports[i];
                if (import.ClassName == "Package" && import.Outer.IsNone && !import.ObjectName.StartsWith("/Script/", StringComparison.OrdinalIgnoreCase)
                    && (names ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase)).Add(import.ObjectName))
                {
                    found.Add(import.ObjectName);
                }
            }

            return found;
        }
    }

    /// <summary>The asset the package is about: the first that is no generated class.</summary>
    public PackageAsset? MainAsset
    {
        get
        {
            for (int i = 0; i < Assets.Count; i++)
            {
                if (!Assets[i].Class.EndsWith("BlueprintGeneratedClass", StringComparison.Ordinal))
                {
                    return Assets[i];
                }
            }

            return null;
        }
    }

    /// <summary>
    /// Short name of the class of the asset: from the registry, else of the export that is marked as asset, else of the public export at the
    /// top; null where there is none.
    /// </summary>
    public string? AssetClass => MainAsset?.ShortClass ?? (MainExport is int export ? ClassOf(Exports[export]) : null);

    /// <summary>Label that a level's actor has in the editor; null for anything else.</summary>
    public string? ActorLabel => MainAsset?.FindTag("ActorLabel");

    private int? MainExport
    {
        get
        {
            int? found = null;
            for (int i = 0; i < Exports.Count; i++)
            {
                if (Exports[i].IsAsset)
                {
                    return i;
                }

                if (found is null && Exports[i].IsPublic && Exports[i].Outer.IsNone)
                {
                    found = i;
                }
            }

            return found;
        }
    }

    /// <summary>Short name of an export's class.</summary>
    public string ClassOf(PackageExport export) => export.Class.IsNone ? "Class" : NameOf(export.Class);

    /// <summary>
    /// Path of an export inside the package, outer objects first, with dots between. One that is deeper or longer than any real one begins
    /// further inside.
    /// </summary>
    public string PathOf(int export)
    {
        Stack<string> names = new();
        PackageIndex at = new(export + 1);

        // An object cannot lie in itself; where a file says so, the limits end the path.
        for (int length = 0; at.Export >= 0 && at.Export < Exports.Count && names.Count < DeepestPath && length < LongestPath;)
        {
            names.Push(Exports[at.Export].ObjectName);
            length += names.Peek().Length;
            at = Exports[at.Export].Outer;
        }

        return string.Join('.', names);
    }

    private string NameOf(PackageIndex index) =>
        index.Export >= 0 && index.Export < Exports.Count ? Exports[index.Export].ObjectName
        : index.Import >= 0 && index.Import < Imports.Count ? Imports[index.Import].ObjectName
        : "?";
}
