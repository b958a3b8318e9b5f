using Sots.Backup.Progress;

namespace Sots.Cli.Output;

/// <summary>The line for a finished entry, in restic's words (-vv).</summary>
internal static class ItemText
{
    /// <summary>The line.</summary>
    public static string Of(in ItemEvent item, ProgressKind kind)
    {
        string path = PrintableText.Escape(item.Path);
        string took = Durations.Seconds(item.Duration);
        return (item.Action, kind) switch
        {
            (ItemAction.New, _) => $"new       {path}, saved in {took} ({Added(item)})",
            (ItemAction.Modified, _) => $"modified  {path}, saved in {took} ({Added(item)})",
            (ItemAction.Unchanged, ProgressKind.Restore) => $"unchanged {path} with size {Sizes.Format(item.SizeBytes)}",
            (ItemAction.Unchanged, _) => $"unchanged {path}",
            (ItemAction.Deleted, _) => $"deleted   {path}",
            (ItemAction.Updated, _) => $"updated   {path}{WithSize(item)}",
            _ => $"restored  {path}{WithSize(item)}",
        };
    }

    private static string Added(in ItemEvent item) => item.IsDirectory
        ? $"0 B added, 0 B stored, {Sizes.Format(item.StoredBytes)} metadata"
        : $"{Sizes.Format(item.AddedBytes)} added, {Sizes.Format(item.StoredBytes)} stored";

    private static string WithSize(in ItemEvent item) => item.IsDirectory ? "" : $" with size {Sizes.Format(item.SizeBytes)}";
}
