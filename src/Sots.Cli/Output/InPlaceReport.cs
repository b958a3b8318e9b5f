using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Backup.Restoring;
using Sots.Unreal;

namespace Sots.Cli.Output;

/// <summary>What a restore in place would do: counts, bytes, and the first names.</summary>
internal sealed class InPlaceReport(InPlacePlan plan, bool isUndo) : IReport
{
    private const int NamesShown = 10;

    private static readonly (InPlaceAction Action, string Title)[] Parts =
    [
        (InPlaceAction.Replace, "replaced"),
        (InPlaceAction.Add, "added"),
        (InPlaceAction.Delete, "deleted"),
        (InPlaceAction.SetMetadata, "only times or permissions set"),
        (InPlaceAction.LeaveEdited, "left alone, edited since (--force overwrites them too)"),
        (InPlaceAction.LeaveUnreadable, "left alone, cannot be read, so perhaps edited since (--force overwrites them too)"),
        (InPlaceAction.LeaveBlocked, "left alone, a folder with other files, or a link or file that stays, is in their place"),
    ];

    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new();
        text.Append(isUndo ? "The undo would change:" : "The restore would change:");
        bool any = false;
        foreach ((InPlaceAction action, string title) in Parts)
        {
            // Of what is on the disk the newest work comes first: that is what nobody wants to lose.
            List<InPlaceChange> files =
                [.. plan.FilesOf(action).OrderByDescending(file => file.OnDisk?.UnixSeconds ?? 0).ThenByDescending(file => file.OnDisk?.Nanoseconds ?? 0)];
            if (files.Count > 0)
            {
                any = true;
                Append(text, title, files.Count, files.Sum(file => file.SizeBytes), files.Select(file => file.Path));
                AppendNewer(text, files.Count, action == InPlaceAction.Replace ? files.Count(file => file.IsNewerOnDisk) : 0);
            }
        }

        if (!any)
        {
            text.Append(plan.IsEmpty ? " nothing, everything is as it should be" : " only folders");
        }

        if (plan.Surplus.Count > 0 && !isUndo)
        {
            Append(text, plan.Options.Delete ? "not in the snapshot, kept" : "not in the snapshot, kept (--delete removes them)", plan.Surplus.Count, null, plan.Surplus);
            int actors = plan.Surplus.Count(UnrealLevels.IsActor);
            if (actors > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n  {actors} of them are actors and would stay in their levels");
            }
        }

        foreach (string problem in plan.Problems.Take(NamesShown))
        {
            text.Append("\n  cannot be restored: ").Append(problem);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new InPlacePlanMessage
    {
        Undo = isUndo,
        Changes = [.. plan.Changes.Where(change => !change.IsDirectory).Select(change => new InPlaceChangeJson(NameOf(change.Action), change.Path, change.SizeBytes))],
        Kept = plan.Surplus,
        Problems = plan.Problems,
    });

    private static void Append(StringBuilder text, string title, int count, long? bytes, IEnumerable<string> names)
    {
        string size = bytes is { } known ? $", {Sizes.Format(known)}" : "";
        text.Append(CultureInfo.InvariantCulture, $"\n  {count} {(count == 1 ? "file" : "files")} {title}{size}");
        foreach (string name in names.Take(NamesShown))
        {
            text.Append("\n    ").Append(name.TrimStart('/'));
        }

        if (count > NamesShown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n    and {count - NamesShown} more; `--dry-run --json` names all of them");
        }
    }

    private static void AppendNewer(StringBuilder text, int count, int newer)
    {
        if (newer > 0)
        {
            string which = count == 1 ? "it is" : string.Create(CultureInfo.InvariantCulture, $"{newer} of them {(newer == 1 ? "is" : "are")}");
            text.Append("\n  ").Append(which).Append(" newer on the disk than in the snapshot");
        }
    }

    private static string NameOf(InPlaceAction action) => action switch
    {
        InPlaceAction.Add => "added",
        InPlaceAction.Replace => "replaced",
        InPlaceAction.Delete => "deleted",
        InPlaceAction.SetMetadata => "metadata",
        InPlaceAction.LeaveEdited => "left_edited",
        InPlaceAction.LeaveUnreadable => "left_unreadable",
        _ => "left_blocked",
    };
}

/// <summary>A plan for programs; with all names.</summary>
internal sealed record InPlacePlanMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "restore_plan";

    public required bool Undo { get; init; }

    public required IReadOnlyList<InPlaceChangeJson> Changes { get; init; }

    public required IReadOnlyList<string> Kept { get; init; }

    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>One change of a plan.</summary>
internal sealed record InPlaceChangeJson(string Action, string Path, long Size);
