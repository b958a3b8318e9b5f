using Sots.Backup.Sources;

namespace Sots.Backup.Archiving;

/// <summary>Says of an entry that the format has no place for what it is.</summary>
internal static class LeftOutEntry
{
    /// <summary>What it is, for people.</summary>
    /// <param name="status">What the system says of it.</param>
    /// <param name="target">Where it leads, of a junction; null where that is not known.</param>
    public static string Reason(in FileStatus status, string? target) => status.Windows switch
    {
        { IsJunction: true } => $"it is a junction, a folder that leads {(target is null ? "elsewhere" : "to " + target)}; what is there is not saved",
        { ReparseTag: > 0 and var tag } => $"it is a reparse point of a kind that is not known (0x{tag:X8}), and is left out",
        _ => "it is neither file, folder, link, device nor pipe, and is left out",
    };
}
