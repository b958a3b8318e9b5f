using System.Globalization;
using System.Text;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Cli.Output;

/// <summary>An entry that was found.</summary>
/// <param name="Path">Full path in the snapshot.</param>
/// <param name="Node">The entry.</param>
/// <param name="Asset">What is in it, where that was asked for.</param>
internal readonly record struct FoundFile(string Path, Node Node, AssetFacts? Asset);

/// <summary>What a search found in one snapshot: entries, or uses of blobs.</summary>
internal sealed record FindResult(SavedSnapshot Snapshot)
{
    /// <summary>The entries.</summary>
    public IReadOnlyList<FoundFile> Files { get; init; } = [];

    /// <summary>The uses of blobs.</summary>
    public IReadOnlyList<FoundObject> Objects { get; init; } = [];

    /// <summary>How much of an entry to print; JSON always has all.</summary>
    public ListingStyle Style { get; init; }
}

/// <summary>Entries of snapshots, and what was found in them, in restic's words.</summary>
internal static class FindText
{
    /// <summary>What was found in a snapshot.</summary>
    public static string Of(FindResult result, bool withHeading, bool isFirst, TimeZoneInfo zone)
    {
        string id = result.Snapshot.Id.Value.ToShortString(), time = Times.Local(result.Snapshot.Snapshot.Time, zone);
        List<string> lines = [];
        if (withHeading && result.Files.Count > 0)
        {
            lines.AddRange([.. isFirst ? [] : (string[])[""], $"Found matching entries in snapshot {id} from {time}"]);
        }

        lines.AddRange(result.Files.Select(file => Entry(file.Path, file.Node, result.Style, zone) + Asset(file.Asset)));
        lines.AddRange(result.Objects.Select(found => Object(found, $" ... in snapshot {id} ({time})")));
        return string.Join('\n', lines);
    }

    /// <summary>One entry.</summary>
    public static string Entry(string path, Node node, ListingStyle style, TimeZoneInfo zone)
    {
        string name = PrintableText.Escape(path);
        if (!style.Long)
        {
            return name;
        }

        string size = style.HumanReadable ? Sizes.Format(node.Size) : string.Create(CultureInfo.InvariantCulture, $"{node.Size,6}");
        string link = node.LinkTarget is { } target ? " -> " + PrintableText.Escape(PathText.ToText(target)) : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ModeText.Format(node.Mode)} {node.UserId,5} {node.GroupId,5} {size} {Times.Local(node.ModifiedTime, zone)} {name}{link}");
    }

    /// <summary>Class and label in brackets behind a path; empty where neither is known.</summary>
    public static string Asset(AssetFacts? asset)
    {
        if (asset is null || asset.Class.Length == 0)
        {
            return "";
        }

        return PrintableText.Escape(asset.Label.Length == 0 ? $"  ({asset.Class})" : $"  ({asset.Class} \"{asset.Label}\")");
    }

    private static string Object(FoundObject found, string snapshot)
    {
        StringBuilder text = new();
        string path = PrintableText.Escape(found.Path);
        return found.ParentTree is { } tree
            ? text.Append(CultureInfo.InvariantCulture, $"Found blob {found.Blob.Id}\n ... in file {path}\n     (tree {tree})\n{snapshot}").ToString()
            : text.Append(CultureInfo.InvariantCulture, $"Found tree {found.Blob.Id}\n ... path {path}\n{snapshot}").ToString();
    }
}
