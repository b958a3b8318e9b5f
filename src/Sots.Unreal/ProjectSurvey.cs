using Sots.Backup;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Unreal;

/// <summary>One kind of thing in a project.</summary>
/// <param name="Name">What it is: a folder of the project, or a class of the preset.</param>
/// <param name="Reason">Why it is saved or left out, as half a sentence.</param>
/// <param name="Files">Number of files, links and other entries that are no folders.</param>
/// <param name="Bytes">Their length together.</param>
public sealed record SurveyLine(string Name, string Reason, long Files, long Bytes);

/// <summary>What is in a project, and what of it a backup would save. Made by walking it once; nothing is opened.</summary>
public sealed record ProjectSurvey
{
    /// <summary>What would be saved, by the folders of the project, the largest first.</summary>
    public required IReadOnlyList<SurveyLine> Saved { get; init; }

    /// <summary>What would be left out, by class and reason, the largest first.</summary>
    public required IReadOnlyList<SurveyLine> LeftOut { get; init; }

    /// <summary>Folders that could not be listed, or entries whose status could not be read; a backup would name them.</summary>
    public required long Unreadable { get; init; }

    /// <summary>Symbolic links that would be saved, as links.</summary>
    public IReadOnlyList<DiskPath> Links { get; init; } = [];

    /// <summary>Files that would be saved.</summary>
    public long SavedFiles => Saved.Sum(static line => line.Files);

    /// <summary>Their length together: more than a backup needs, which compresses and keeps nothing twice.</summary>
    public long SavedBytes => Saved.Sum(static line => line.Bytes);

    /// <summary>Files that would be left out.</summary>
    public long LeftOutFiles => LeftOut.Sum(static line => line.Files);

    /// <summary>Their length together.</summary>
    public long LeftOutBytes => LeftOut.Sum(static line => line.Bytes);

    /// <summary>Walks a project.</summary>
    /// <param name="root">Folder of the project, absolute.</param>
    /// <param name="preset">What Unreal makes again.</param>
    /// <param name="own">What the user leaves out.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <param name="counters">Live totals; null for nobody.</param>
    /// <exception cref="SourceException">The project itself cannot be listed.</exception>
    public static ProjectSurvey Of(string root, PresetExcludes preset, ExcludeRules own, CancellationToken cancellationToken, OperationCounters? counters = null) =>
        new SurveyWalk(SourceFileSystem.Current, preset, own, counters ?? new OperationCounters()).Run(DiskPath.FromText(root), cancellationToken);
}

/// <summary>The walk of a survey. Used once.</summary>
internal sealed class SurveyWalk(SourceFileSystem disk, PresetExcludes preset, ExcludeRules own, OperationCounters counters)
{
    private static readonly Place OwnExclude = new("your own excludes", "left out by the config or a flag");

    private static readonly Dictionary<string, string> Folders = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Content"] = "assets and levels",
        ["Source"] = "code",
        ["Config"] = "settings of the project",
        ["Plugins"] = "plugins with their content",
        ["Saved"] = "autosaves, screenshots and settings of the editor",
        ["Build"] = "icons, keystores and other material for packaging",
        [".git"] = "version control",
    };

    private readonly Dictionary<Place, (long Files, long Bytes)> _saved = [];
    private readonly Dictionary<Place, (long Files, long Bytes)> _leftOut = [];
    private readonly Stack<Visit> _open = [];
    private readonly List<DiskPath> _links = [];
    private long _unreadable;

    /// <summary>Walks.</summary>
    public ProjectSurvey Run(DiskPath root, CancellationToken cancellationToken)
    {
        AddEntries(new Visit(root, new Place("files beside them", "the project's file and others in its folder"), null), isRoot: true);
        while (_open.TryPop(out Visit? visit))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                AddEntries(visit, isRoot: false);
            }
            catch (SourceException)
            {
                _unreadable++;
            }
        }

        return new ProjectSurvey { Saved = Lines(_saved), LeftOut = Lines(_leftOut), Unreadable = _unreadable, Links = _links };
    }

    private static SurveyLine[] Lines(Dictionary<Place, (long Files, long Bytes)> counts) =>
        [.. counts.Select(static count => new SurveyLine(count.Key.Name, count.Key.Reason, count.Value.Files, count.Value.Bytes))
            .OrderByDescending(static line => line.Bytes).ThenByDescending(static line => line.Files).ThenBy(static line => line.Name, StringComparer.Ordinal)];

    private void AddEntries(Visit visit, bool isRoot)
    {
        using SourceDirectory directory = disk.OpenDirectory(visit.Folder, followLink: isRoot);
        for (int i = 0; i < directory.Count; i++)
        {
            DiskPath path = visit.Folder.Join(directory.NameOf(i));
            FileStatus status;
            try
            {
                if (!directory.TryGetStatus(i, out status))
                {
                    continue;
                }
            }
            catch (SourceException)
            {
                _unreadable++;
                continue;
            }

            Place? leftOut = visit.LeftOut ?? WhyLeftOut(path, status);
            Place saved = isRoot && status.IsDirectory ? PlaceOf(PathText.ToText(directory.NameOf(i))) : visit.Saved;
            if (status.IsDirectory)
            {
                _open.Push(new Visit(path, saved, leftOut));
            }
            else
            {
                Dictionary<Place, (long Files, long Bytes)> counts = leftOut is null ? _saved : _leftOut;
                Place place = leftOut ?? saved;
                (long files, long bytes) = counts.GetValueOrDefault(place);
                Interlocked.Increment(ref counters.FilesDone);
                Interlocked.Add(ref counters.BytesDone, status.IsFile ? status.SizeBytes : 0);
                if (leftOut is null && status.Type == NodeType.Symlink)
                {
                    _links.Add(path);
                }

                counts[place] = (files + 1, bytes + (status.IsFile ? status.SizeBytes : 0));
            }
        }
    }

    private Place? WhyLeftOut(DiskPath path, in FileStatus status)
    {
        long size = status.IsFile ? status.SizeBytes : 0;
        if (preset.RejectsName(path) || preset.RejectsEntry(path, status.IsDirectory, size))
        {
            return preset.Explain(path) is { } exclusion ? new Place(NameOf(exclusion.Class), exclusion.Reason) : OwnExclude;
        }

        return own.RejectsName(path) || own.RejectsEntry(path, status.IsDirectory, size) ? OwnExclude : null;
    }

    private static Place PlaceOf(string folder) => new(folder, Folders.GetValueOrDefault(folder, "not known to Unreal, so it is saved"));

    private static string NameOf(UnrealExcludeClass kind) => kind switch
    {
        UnrealExcludeClass.DerivedData => "DerivedDataCache",
        UnrealExcludeClass.Cooked => "cooked and staged builds",
        UnrealExcludeClass.Logs => "logs, crashes, profiles",
        UnrealExcludeClass.SavedCaches => "caches in Saved",
        UnrealExcludeClass.BuildReceipts => "receipts of builds",
        UnrealExcludeClass.EditorCaches => "caches of code editors",
        UnrealExcludeClass.VersionControl => "version control",
        UnrealExcludeClass.Chosen => "left out by choice",
        _ => kind.ToString(),
    };

    private sealed record Place(string Name, string Reason);

    private sealed record Visit(DiskPath Folder, Place Saved, Place? LeftOut);
}
