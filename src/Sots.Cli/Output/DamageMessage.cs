using System.Text;
using System.Text.Json.Serialization;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Consequences;

namespace Sots.Cli.Output;

/// <summary>What one damaged thing means, after the errors of a check: a message of this program's own, which restic does not have.</summary>
internal sealed record DamageMessage(
    string Item, IReadOnlyList<string> Found, long Files, long Folders, int Snapshots, bool AtLeast, IReadOnlyList<LostPathJson> Examples, string? Command)
{
    /// <summary>Of a consequence.</summary>
    public DamageMessage(Consequence consequence, bool atLeast)
        : this(
            consequence.Item,
            [.. consequence.Kinds.Select(NameOf)],
            consequence.Files,
            consequence.Folders,
            consequence.Snapshots,
            atLeast,
            [.. consequence.Examples.Select(static path => new LostPathJson(path.Path, path.IsFolder, path.Newest.Id.ToString(), path.WholeIn?.Id.ToString()))],
            DamageText.CommandFor(consequence))
    {
    }

    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "damage";

    /// <summary><c>PackMissing</c> is <c>pack_missing</c>.</summary>
    private static string NameOf(FindingKind kind)
    {
        StringBuilder name = new();
        foreach (char letter in kind.ToString())
        {
            name.Append(char.IsUpper(letter) && name.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }
}

/// <summary>A path that is lost: in which snapshot newest, and which one has it whole.</summary>
internal sealed record LostPathJson(string Path, bool Folder, string Snapshot, string? WholeIn);
