using System.Text.Json.Serialization;
using Sots.Unreal.Changes;

namespace Sots.Cli.Output;

/// <summary>What changed in a project, for programs. Sizes in bytes, before compression.</summary>
internal sealed record UnrealChangesMessage
{
    private const int MostGrown = 20;

    /// <summary>Takes the changes.</summary>
    internal UnrealChangesMessage(ProjectChanges changes, string? before, string? after)
    {
        SourceSnapshot = before;
        TargetSnapshot = after;
        Baseline = changes.IsFirst;
        Assets = new ChangeCountsJson(ChangeCounts.Of(changes.Assets));
        Classes = [.. changes.Classes.Select(static change => new ClassChangeJson(change.Class, change.Counts))];
        Changes = changes.IsFirst ? null : [.. changes.Assets.Select(static file => new AssetChangeJson(file))];
        Levels = [.. changes.Levels.Select(level => new LevelChangeJson(level, withActors: !changes.IsFirst))];
        Growth = new GrowthJson(
            changes.Total.GrowthBytes, GrowthJson.Of(changes.FoldersThatGrew(MostGrown)), GrowthJson.Of(changes.ClassesThatGrew(MostGrown)),
            GrowthJson.Of(changes.FilesThatGrew(MostGrown)));
        Engines = [.. changes.Engines.Select(static engine => new EngineChangeJson(engine.From, engine.To, engine.Packages))];
        OtherFiles = new ChangeCountsJson(changes.OtherFiles);
        NotLookedInto = changes.NotLookedInto;
    }

    public string MessageType { get; } = "unreal_changes";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SourceSnapshot { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TargetSnapshot { get; }

    public bool Baseline { get; }

    public ChangeCountsJson Assets { get; }

    public IReadOnlyList<ClassChangeJson> Classes { get; }

    /// <summary>Every asset; of a baseline none, as that is all of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AssetChangeJson>? Changes { get; }

    public IReadOnlyList<LevelChangeJson> Levels { get; }

    public GrowthJson Growth { get; }

    public IReadOnlyList<EngineChangeJson> Engines { get; }

    public ChangeCountsJson OtherFiles { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long NotLookedInto { get; }
}

/// <summary>Counts of changes.</summary>
internal record ChangeCountsJson
{
    /// <summary>Takes the counts.</summary>
    internal ChangeCountsJson(ChangeCounts counts) =>
        (Added, Changed, Removed, Moved, Bytes) = (counts.Added, counts.Changed, counts.Removed, counts.Moved, counts.GrowthBytes);

    public long Added { get; }

    public long Changed { get; }

    public long Removed { get; }

    public long Moved { get; }

    public long Bytes { get; }
}

/// <summary>What became of a class.</summary>
internal sealed record ClassChangeJson : ChangeCountsJson
{
    /// <summary>Takes the counts.</summary>
    internal ClassChangeJson(string name, ChangeCounts counts)
        : base(counts) => Class = name;

    [JsonPropertyOrder(-1)]
    public string Class { get; }
}

/// <summary>What became of an asset.</summary>
internal sealed record AssetChangeJson
{
    /// <summary>Takes the change.</summary>
    internal AssetChangeJson(FileChange file)
    {
        Path = file.Path;
        Change = ChangeWords.Of(file.Kind);
        From = file.PathBefore;
        LikelyFrom = file.LikelyFrom;
        Redirector = file.LeftRedirector;
        Class = ProjectChanges.ClassOf(file);
        Bytes = file.GrowthBytes;
        Engine = file.FactsAfter?.Engine is { Length: > 0 } engine ? engine : null;
    }

    public string Path { get; }

    public string Change { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; }

    /// <summary>Of a new asset: where one of the same name and class is gone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LikelyFrom { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Redirector { get; }

    public string Class { get; }

    public long Bytes { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Engine { get; }
}

/// <summary>What became of a level.</summary>
internal sealed record LevelChangeJson
{
    /// <summary>Takes the change.</summary>
    internal LevelChangeJson(LevelChange level, bool withActors)
    {
        Level = level.Name;
        Path = level.Path;
        File = level.Own is { } own ? ChangeWords.Of(own.Kind) : null;
        ActorsMoved = level.Count(ChangeKind.Moved);
        ActorsChanged = level.Count(ChangeKind.Changed);
        ActorsAdded = level.Count(ChangeKind.Added);
        ActorsDeleted = level.Count(ChangeKind.Removed);
        Objects = level.Objects.Count;
        Actors = withActors ? [.. level.Actors.Select(static actor => new ActorChangeJson(actor))] : null;
    }

    public string Level { get; }

    public string Path { get; }

    /// <summary>What became of the .umap file itself; absent where nothing did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; }

    public long ActorsMoved { get; }

    public long ActorsChanged { get; }

    public long ActorsAdded { get; }

    public long ActorsDeleted { get; }

    public long Objects { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ActorChangeJson>? Actors { get; }
}

/// <summary>What became of an actor.</summary>
internal sealed record ActorChangeJson
{
    /// <summary>Takes the change.</summary>
    internal ActorChangeJson(ActorChange actor)
    {
        Label = actor.Label;
        LabelBefore = actor.Kind == ChangeKind.Changed && actor.LabelBefore != actor.Label ? actor.LabelBefore : null;
        Class = actor.Class;
        Change = actor.Kind == ChangeKind.Removed ? "deleted" : ChangeWords.Of(actor.Kind);
        Path = actor.File.Path;
    }

    public string Label { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LabelBefore { get; }

    public string Class { get; }

    public string Change { get; }

    public string Path { get; }
}

/// <summary>What grew, the most first.</summary>
internal sealed record GrowthJson(long Bytes, IReadOnlyList<GrownJson> Folders, IReadOnlyList<GrownJson> Classes, IReadOnlyList<GrownJson> Files)
{
    /// <summary>The list in JSON.</summary>
    internal static IReadOnlyList<GrownJson> Of(IReadOnlyList<Growth> grown) => [.. grown.Select(static growth => new GrownJson(growth.Name, growth.Bytes))];
}

/// <summary>How much something grew.</summary>
internal sealed record GrownJson(string Name, long Bytes);

/// <summary>Assets that another engine saved.</summary>
internal sealed record EngineChangeJson(string From, string To, long Assets);

/// <summary>Words for changes in JSON.</summary>
internal static class ChangeWords
{
    /// <summary>The word.</summary>
    public static string Of(ChangeKind kind) => kind switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Changed => "changed",
        ChangeKind.Removed => "removed",
        _ => "moved",
    };
}
