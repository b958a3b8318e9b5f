using Sots.Unreal.Assets;

namespace Sots.Unreal.Changes;

/// <summary>What changed in a project, in Unreal's words. Immutable.</summary>
public sealed class ProjectChanges
{
    /// <summary>Stands for the class of a package that cannot be read as one.</summary>
    public const string Unreadable = "(unreadable)";

    /// <summary>Stands for the class of a package that does not tell one.</summary>
    public const string Unknown = "(unknown)";

    /// <summary>Folders are told apart so far down.</summary>
    private const int FolderDepth = 3;

    internal ProjectChanges(IReadOnlyList<FileChange> files, bool isFirst)
    {
        IsFirst = isFirst;
        Files = files;
        List<FileChange> assets = [], parts = [];
        foreach (FileChange file in files.Where(static file => file.IsPackage))
        {
            (UnrealLevels.PartOf(file.Path) is null ? assets : parts).Add(file);
        }

        Assets = assets;
        NotLookedInto = files.LongCount(static file => file is { IsPackage: true, Facts: null });
        Classes = [.. assets.Where(static file => file.Facts is not null).GroupBy(ClassOf, StringComparer.Ordinal)
            .Select(static group => new ClassChange(group.Key, ChangeCounts.Of(group)))
            .OrderByDescending(static change => change.Counts.Total).ThenBy(static change => change.Class, StringComparer.Ordinal)];
        Levels = LevelsOf(assets, parts);
        Engines = [.. files.Where(static file => file.Kind == ChangeKind.Changed)
            .Where(static file => file is { FactsBefore.Engine.Length: > 0, FactsAfter.Engine.Length: > 0 } && file.FactsBefore.Engine != file.FactsAfter.Engine)
            .GroupBy(static file => (From: file.FactsBefore!.Engine, To: file.FactsAfter!.Engine))
            .Select(static group => new EngineChange(group.Key.From, group.Key.To, group.LongCount()))
            .OrderByDescending(static change => change.Packages)];
        Total = ChangeCounts.Of(files);
        OtherFiles = ChangeCounts.Of(files.Where(static file => !file.IsPackage));
    }

    /// <summary>Whether there was nothing before.</summary>
    public bool IsFirst { get; }

    /// <summary>All files that are not the same, in the order of their paths.</summary>
    public IReadOnlyList<FileChange> Files { get; }

    /// <summary>The packages among them, without those that belong to a level and are kept apart from it.</summary>
    public IReadOnlyList<FileChange> Assets { get; }

    /// <summary>The assets by class, the most first.</summary>
    public IReadOnlyList<ClassChange> Classes { get; }

    /// <summary>Levels of which a part is not the same.</summary>
    public IReadOnlyList<LevelChange> Levels { get; }

    /// <summary>Changes of the engine, the most first.</summary>
    public IReadOnlyList<EngineChange> Engines { get; }

    /// <summary>All files.</summary>
    public ChangeCounts Total { get; }

    /// <summary>Files that are no packages.</summary>
    public ChangeCounts OtherFiles { get; }

    /// <summary>Packages of which is not known what is in them; see <see cref="ChangesOptions.MostRead"/>.</summary>
    public long NotLookedInto { get; }

    /// <summary>Short name of a package's class.</summary>
    public static string ClassOf(FileChange file) => file.Facts switch
    {
        null => "",
        { Fault: not null } => Unreadable,
        { Class.Length: 0 } => Unknown,
        { } facts => facts.Class,
    };

    /// <summary>The folders that grew the most.</summary>
    public IReadOnlyList<Growth> FoldersThatGrew(int most) => Grown(Files, static file => Shortened(file.Folder), most);

    /// <summary>The classes that grew the most; actors of levels count too.</summary>
    public IReadOnlyList<Growth> ClassesThatGrew(int most) => Grown(Files.Where(static file => file.Facts is not null), ClassOf, most);

    /// <summary>The files that grew the most.</summary>
    public IReadOnlyList<Growth> FilesThatGrew(int most) => Grown(Files, NameOf, most);

    /// <summary>The path of a file; of an actor its label and its level, as its path says nothing to anybody.</summary>
    private static string NameOf(FileChange file) => file.IsPackage && UnrealLevels.PartOf(file.Path) is { } part
        ? $"{ActorChange.LabelOf(file.Facts, file.Name)} in {part.LevelFile}" : file.Path;

    private static IReadOnlyList<Growth> Grown(IEnumerable<FileChange> files, Func<FileChange, string> name, int most) =>
    [
        .. files.GroupBy(name, StringComparer.Ordinal)
            .Select(static group => new Growth(group.Key, group.Aggregate(0L, static (sum, file) => BytesSum.Add(sum, file.GrowthBytes))))
            .Where(static growth => growth.Bytes > 0)
            .OrderByDescending(static growth => growth.Bytes).ThenBy(static growth => growth.Name, StringComparer.Ordinal)
            .Take(most),
    ];

    private static string Shortened(string folder)
    {
        string[] parts = folder.Split('/');

        // A level's folder of actors is one thing; what is below it are hashes.
        int actors = Array.FindIndex(parts, static part => part.StartsWith("__External", StringComparison.OrdinalIgnoreCase));
        return actors >= 0 && UnrealLevels.PartOf(folder + "/x") is { } part ? part.LevelFile : string.Join('/', parts.Take(FolderDepth));
    }

    private static List<LevelChange> LevelsOf(List<FileChange> assets, List<FileChange> parts)
    {
        Dictionary<string, (FileChange? Own, List<ActorChange> Actors, List<FileChange> Objects)> levels = new(StringComparer.OrdinalIgnoreCase);
        foreach (FileChange own in assets.Where(static file => UnrealLevels.IsLevel(file.Path)))
        {
            levels[own.Path[..^UnrealLevels.Extension.Length]] = (own, [], []);
        }

        foreach (FileChange file in parts)
        {
            LevelPart part = UnrealLevels.PartOf(file.Path)!.Value;
            LevelPart? partBefore = file.PathBefore is { } path ? UnrealLevels.PartOf(path) : null;
            (FileChange? Own, List<ActorChange> Actors, List<FileChange> Objects) level = LevelOf(part.Level);
            if (file.Kind == ChangeKind.Moved && level.Own?.PathBefore is { } levelBefore && levelBefore == partBefore?.LevelFile)
            {
                // It went where its level went.
                continue;
            }

            if (!part.IsActor)
            {
                level.Objects.Add(file);
            }
            else if (file.Kind != ChangeKind.Moved)
            {
                level.Actors.Add(new ActorChange(file.HasOtherPlace ? ChangeKind.Moved : file.Kind, file));
            }
            else
            {
                level.Actors.Add(new ActorChange(ChangeKind.Added, file));
                if (partBefore is { } left)
                {
                    LevelOf(left.Level).Actors.Add(new ActorChange(ChangeKind.Removed, file));
                }
            }
        }

        return [.. levels.OrderBy(static level => level.Key, StringComparer.Ordinal).Select(static level => new LevelChange(
            level.Key, level.Value.Own,
            [.. level.Value.Actors.OrderBy(static actor => actor.Kind).ThenBy(static actor => actor.Label, StringComparer.Ordinal).ThenBy(static actor => actor.File.Path, StringComparer.Ordinal)],
            level.Value.Objects)).Where(static level => level.Own is not null || level.Actors.Count + level.Objects.Count > 0)];

        (FileChange? Own, List<ActorChange> Actors, List<FileChange> Objects) LevelOf(string path) =>
            levels.TryGetValue(path, out (FileChange? Own, List<ActorChange> Actors, List<FileChange> Objects) level) ? level : levels[path] = (null, [], []);
    }
}
