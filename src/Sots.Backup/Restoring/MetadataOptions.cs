namespace Sots.Backup.Restoring;

/// <summary>How metadata are applied.</summary>
public sealed record MetadataOptions
{
    /// <summary>Everything as the node has it.</summary>
    public static MetadataOptions Default { get; } = new();

    /// <summary>
    /// Look user and group up by name first and take the numbers where there is no such name. Default: numbers only.
    /// </summary>
    public bool OwnershipByName { get; init; }

    /// <summary>Which extended attributes are written and removed, by name; null for all.</summary>
    public Predicate<string>? SelectsAttribute { get; init; }
}
