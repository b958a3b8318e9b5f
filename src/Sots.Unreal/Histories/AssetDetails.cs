using System.Globalization;
using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Health;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Histories;

/// <summary>An object inside a package.</summary>
/// <param name="Path">Path inside the package, outer objects first, with dots between.</param>
/// <param name="Class">Short name of its class.</param>
public readonly record struct AssetObject(string Path, string Class);

/// <summary>
/// All that a history tells of one version of a package: facts, objects, tags and health. The same bytes have the same details. Immutable.
/// </summary>
public sealed record AssetDetails
{
    /// <summary>Longest value of a tag that is kept; of a longer one the beginning and a checksum are.</summary>
    public const int LongestTag = 200;

    /// <summary>Facts.</summary>
    public required AssetFacts Facts { get; init; }

    /// <summary>The objects, in the order of the file.</summary>
    public IReadOnlyList<AssetObject> Objects { get; init; } = [];

    /// <summary>Tags of the asset, in the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>What was noticed; empty for a healthy package.</summary>
    public IReadOnlyList<PackageFinding> Findings { get; init; } = [];

    /// <summary>Whether the editor would not get back what was saved.</summary>
    public bool IsDamaged => Findings.Any(static finding => finding.IsDamage);

    /// <summary>The details of a package that was examined.</summary>
    public static AssetDetails Of(PackageHealth health)
    {
        if (health.Header is not { } header)
        {
            PackageFinding first = health.Findings.Count > 0 ? health.Findings[0] : default;
            return new AssetDetails { Facts = new AssetFacts { Fault = PackageFault.Damaged, FaultMessage = first.Message ?? "" }, Findings = health.Findings };
        }

        return new AssetDetails
        {
            Facts = AssetFacts.Of(header),
            Objects = [.. header.Exports.Select((export, i) => new AssetObject(header.PathOf(i), header.ClassOf(export)))],
            Tags = [.. (header.MainAsset?.Tags ?? []).Select(static tag => KeyValuePair.Create(tag.Key, Short(tag.Value)))],
            Findings = health.Findings,
        };
    }

    private static string Short(string value) => value.Length <= LongestTag
        ? value
        : string.Create(CultureInfo.InvariantCulture, $"{value[..LongestTag]}… ({value.Length} letters, {ContentId.Of(System.Text.Encoding.UTF8.GetBytes(value)).ToShortString()})");
}
