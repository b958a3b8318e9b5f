using System.Globalization;
using System.Text;
using Sots.Unreal.Changes;

namespace Sots.Cli.Output;

/// <summary>What changed in a project, in Unreal's words.</summary>
/// <param name="changes">What changed.</param>
/// <param name="before">The first snapshot: short id for people, full for programs; null where there is none.</param>
/// <param name="after">The second; null where it was not saved.</param>
/// <param name="shown">So many of each list are shown to people; programs get all of them.</param>
internal sealed class ChangesReport(ProjectChanges changes, string? before, string? after, int shown) : IReport
{
    private static readonly ChangeKind[] ActorKinds = [ChangeKind.Moved, ChangeKind.Changed, ChangeKind.Added, ChangeKind.Removed];
    private const string Inset = "  ", Deeper = "    ";

    /// <summary>The command that tells what needs the removed assets; null for none.</summary>
    public string? NeedsCommand { get; init; }

    /// <inheritdoc/>
    public string ToText()
    {
        if (changes.Files.Count == 0)
        {
            return "no file's content changed";
        }

        StringBuilder text = new();
        Assets(text);
        foreach (LevelChange level in changes.Levels.Take(shown))
        {
            Level(text, level);
        }

        Rest(text, changes.Levels.Count, "levels");
        Grown(text);
        foreach (EngineChange engine in changes.Engines.Take(shown))
        {
            text.Append(CultureInfo.InvariantCulture, $"engine: {Count(engine.Packages, "asset")} saved by {engine.To}, before by {engine.From}\n");
        }

        if (changes.OtherFiles.Total > 0)
        {
            text.Append("other files: ").Append(Counts(changes.OtherFiles)).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new UnrealChangesMessage(changes, before, after));

    /// <summary>"14 changed, 2 deleted".</summary>
    public static string ActorCounts(LevelChange level) => string.Join(", ", ActorKinds
        .Select(kind => (Number: level.Count(kind), Word: Word(kind, isActor: true))).Where(static entry => entry.Number > 0)
        .Select(static (entry, i) => $"{(i == 0 ? Count(entry.Number, "actor") : Text($"{entry.Number:N0}"))} {entry.Word}"));

    /// <summary>The lines of a level: what became of it, and its actors by label.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="level">The level.</param>
    /// <param name="most">Actors of each kind that are named; with 0 they are only counted.</param>
    public static void AppendLevel(StringBuilder text, LevelChange level, int most)
    {
        List<string> parts = [];
        if (ActorCounts(level) is { Length: > 0 } actors)
        {
            parts.Add(actors);
        }

        if (level.Objects.Count > 0)
        {
            parts.Add(Count(level.Objects.Count, "other object") + " of it not the same");
        }

        string? own = level.Own?.Kind switch
        {
            ChangeKind.Added => "the level is new",
            ChangeKind.Removed => "the level was deleted",
            ChangeKind.Moved => $"the level moved here from {level.Own.PathBefore}",
            ChangeKind.Changed => "the level's own file changed",
            _ => null,
        };
        if (own is not null)
        {
            parts.Add(own);
        }

        text.Append("level ").Append(PrintableText.Escape(level.Name)).Append(": ").Append(PrintableText.Escape(string.Join("; ", parts)));
        text.Append(" (").Append(PrintableText.Escape(level.Path)).Append(")\n");
        foreach (IGrouping<ChangeKind, ActorChange> kind in level.Actors.GroupBy(static actor => actor.Kind))
        {
            foreach (ActorChange actor in kind.Take(most))
            {
                string name = actor.LabelBefore == actor.Label || kind.Key != ChangeKind.Changed ? actor.Label : $"{actor.Label} (was {actor.LabelBefore})";
                text.Append(Deeper).Append(Word(kind.Key, isActor: true).PadRight(9)).Append(PrintableText.Escape(name));
                text.Append(actor.Class.Length > 0 ? $" ({PrintableText.Escape(actor.Class)})" : "").Append('\n');
            }

            if (most > 0 && kind.Count() > most)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Deeper}and {kind.Count() - most:N0} more {Word(kind.Key, isActor: true)}\n");
            }
        }
    }

    /// <summary>In a first snapshot all actors are new, which is said once.</summary>
    private void Level(StringBuilder text, LevelChange level) => AppendLevel(text, level, changes.IsFirst ? 0 : shown);

    private void Assets(StringBuilder text)
    {
        if (changes.Assets.Count > 0)
        {
            text.Append("assets: ").Append(Counts(ChangeCounts.Of(changes.Assets))).Append('\n');
        }

        int width = changes.Classes.Take(shown).Select(static change => change.Class.Length).DefaultIfEmpty(0).Max();
        foreach (ClassChange change in changes.Classes.Take(shown))
        {
            text.Append(Inset).Append(PrintableText.Escape(change.Class).PadRight(width)).Append(Inset).Append(Counts(change.Counts)).Append('\n');
        }

        Rest(text, changes.Classes.Count, "classes");
        if (changes.NotLookedInto > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Inset}{Count(changes.NotLookedInto, "asset")} {(changes.NotLookedInto == 1 ? "was" : "were")} not looked into: the class of so many is not read a second time\n");
        }

        if (!changes.IsFirst)
        {
            foreach (ChangeKind kind in (ChangeKind[])[ChangeKind.Moved, ChangeKind.Removed, ChangeKind.Added, ChangeKind.Changed])
            {
                Named(text, kind);
            }

            if (NeedsCommand is not null && changes.Assets.Any(static file => file.Kind == ChangeKind.Removed))
            {
                text.Append(Deeper).Append("what needs the removed ones: ").Append(NeedsCommand).Append('\n');
            }
        }
    }

    private void Named(StringBuilder text, ChangeKind kind)
    {
        List<FileChange> files = [.. changes.Assets.Where(file => file.Kind == kind)];
        foreach (FileChange file in files.OrderByDescending(static file => Math.Abs(file.GrowthBytes)).Take(shown).OrderBy(static file => file.Path, StringComparer.Ordinal))
        {
            string from = file.PathBefore is { } before ? $" from {before}{(file.LeftRedirector ? ", where a redirector is now" : "")}"
                : file.LikelyFrom is { } likely ? $" (its like is gone from {(likely.Contains('/', StringComparison.Ordinal) ? likely[..likely.LastIndexOf('/')] : "the top")})"
                : "";
            text.Append(Deeper).Append(Word(kind, isActor: false).PadRight(9)).Append(PrintableText.Escape(file.Path + from)).Append('\n');
        }

        if (files.Count > shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Deeper}and {files.Count - shown:N0} more {Word(kind, isActor: false)}\n");
        }
    }

    private void Grown(StringBuilder text)
    {
        if (changes.FilesThatGrew(1).Count == 0)
        {
            return;
        }

        text.Append(changes.IsFirst ? "size: " : "size of all files: ").Append(Signed(changes.Total.GrowthBytes)).Append('\n');
        Line("folders", changes.FoldersThatGrew(shown));
        Line("classes", changes.ClassesThatGrew(shown));
        Line("files", changes.FilesThatGrew(shown));

        void Line(string what, IReadOnlyList<Growth> grown)
        {
            if (grown.Count > 0)
            {
                text.Append(Inset).Append(changes.IsFirst ? "largest " : "most in ").Append(what).Append(": ");
                text.AppendJoin(", ", grown.Take(3).Select(static growth => $"{(growth.Name.Length == 0 ? "(top)" : PrintableText.Escape(growth.Name))} {Signed(growth.Bytes)}")).Append('\n');
            }
        }
    }

    private void Rest(StringBuilder text, int count, string what)
    {
        if (count > shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Inset}and {count - shown:N0} more {what}\n");
        }
    }

    private static string Counts(ChangeCounts counts)
    {
        string words = string.Join(", ", new[] { (counts.Added, "added"), (counts.Changed, "changed"), (counts.Removed, "removed"), (counts.Moved, "moved") }
            .Where(static entry => entry.Item1 > 0).Select(static entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Item1:N0} {entry.Item2}")));
        return counts.GrowthBytes == 0 ? words : $"{words}, {Signed(counts.GrowthBytes)}";
    }

    private static string Count(long number, string word) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {word}{(number == 1 ? "" : "s")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Signed(long bytes) => (bytes < 0 ? "-" : "+") + Sizes.Format(Math.Abs(bytes));

    private static string Word(ChangeKind kind, bool isActor) => kind switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Changed => "changed",
        ChangeKind.Moved => "moved",
        _ => isActor ? "deleted" : "removed",
    };
}
