using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Unreal.Assets;
using Sots.Unreal.Changes;

namespace Sots.Cli.Output;

/// <summary>An actor of a level, for a listing.</summary>
/// <param name="File">Its file.</param>
/// <param name="Facts">What is known of it; null where it cannot be read.</param>
internal sealed record ListedActor(LevelFile File, AssetFacts? Facts)
{
    /// <summary>Its label, else the name of its object, else that of its file.</summary>
    public string Label => Facts is { Label.Length: > 0 } ? Facts.Label
        : Facts is { ObjectPath.Length: > 0 } ? Facts.ObjectPath[(Facts.ObjectPath.LastIndexOf('.') + 1)..]
        : Path.GetFileNameWithoutExtension(File.Path);
}

/// <summary>The levels of a snapshot or a folder.</summary>
/// <param name="levels">The levels, and what is left of those that are gone.</param>
/// <param name="actors">Actors of the one level that was asked for; null where none was.</param>
/// <param name="snapshot">Id of the snapshot; null for a folder.</param>
internal sealed class LevelsReport(IReadOnlyList<LevelEntry> levels, IReadOnlyList<ListedActor>? actors, string? snapshot) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        if (levels.Count == 0)
        {
            return "no levels (*.umap below a Content folder)";
        }

        StringBuilder text = new();
        LevelEntry[] whole = [.. levels.Where(static level => !level.IsOrphan)];
        if (whole.Length > 0)
        {
            TextTable table = new("Level", "Actors", "Objects", "Size", "Path");
            foreach (LevelEntry level in whole)
            {
                table.Add([level.Name], [Number(level.Actors.Count)], [Number(level.Objects.Count)], [Sizes.Format(level.SizeBytes)], [level.Own!.Path]);
            }

            table.WriteTo(text, Number(whole.Length) + (whole.Length == 1 ? " level" : " levels"));
        }

        if (actors is not null)
        {
            TextTable table = new("Label", "Class", "Size", "Path");
            foreach (ListedActor actor in actors)
            {
                table.Add([actor.Label], [actor.Facts?.Class ?? ""], [Sizes.Format(actor.File.SizeBytes)], [actor.File.Path]);
            }

            table.WriteTo(text.Append('\n'), $"{Number(actors.Count)} {(actors.Count == 1 ? "actor" : "actors")}");
        }

        foreach (LevelEntry orphan in levels.Where(static level => level.IsOrphan))
        {
            text.Append(CultureInfo.InvariantCulture, $"\norphans: {orphan.Actors.Count:N0} actors and {orphan.Objects.Count:N0} other objects of {PrintableText.Escape(orphan.Path)}.umap, which is not there ({Sizes.Format(orphan.SizeBytes)})\n");
            text.Append("  A level that was moved or renamed outside the editor leaves them behind: put it back where it was, or restore it with its actors.\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new LevelsMessage(snapshot, [.. levels.Select(static level => new ListedLevelJson(level))], actors is null ? null : [.. actors.Select(static actor => new ListedActorJson(actor))]));

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What became of levels between two snapshots.</summary>
/// <param name="levels">The levels that are not the same.</param>
/// <param name="before">Id of the first snapshot.</param>
/// <param name="after">Id of the second.</param>
/// <param name="shown">Actors of each kind that people are shown.</param>
internal sealed class LevelChangesReport(IReadOnlyList<LevelChange> levels, string before, string after, int shown) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new();
        foreach (LevelChange level in levels)
        {
            ChangesReport.AppendLevel(text, level, shown);
        }

        return levels.Count == 0 ? "no level changed" : text.ToString().TrimEnd('\n');
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new LevelChangesMessage(before, after, [.. levels.Select(static level => new LevelChangeJson(level, withActors: true))]));
}

/// <summary>Levels, for programs. Sizes in bytes.</summary>
internal sealed record LevelsMessage(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Snapshot, IReadOnlyList<ListedLevelJson> Levels,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ListedActorJson>? Actors)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "levels";
}

/// <summary>One level; an orphan is what is left of a level that is gone.</summary>
internal sealed record ListedLevelJson
{
    /// <summary>Takes a level.</summary>
    internal ListedLevelJson(LevelEntry level)
    {
        Level = level.Name;
        Path = level.Own?.Path ?? level.Path + ".umap";
        Orphan = level.IsOrphan;
        Actors = level.Actors.Count;
        Objects = level.Objects.Count;
        Bytes = level.SizeBytes;
    }

    public string Level { get; }

    public string Path { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Orphan { get; }

    public int Actors { get; }

    public int Objects { get; }

    public long Bytes { get; }
}

/// <summary>One actor.</summary>
internal sealed record ListedActorJson
{
    /// <summary>Takes an actor.</summary>
    internal ListedActorJson(ListedActor actor) => (Label, Class, Path, Bytes) = (actor.Label, actor.Facts?.Class ?? "", actor.File.Path, actor.File.SizeBytes);

    public string Label { get; }

    public string Class { get; }

    public string Path { get; }

    public long Bytes { get; }
}

/// <summary>Changes of levels, for programs.</summary>
internal sealed record LevelChangesMessage(string SourceSnapshot, string TargetSnapshot, IReadOnlyList<LevelChangeJson> Levels)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "level_changes";
}
