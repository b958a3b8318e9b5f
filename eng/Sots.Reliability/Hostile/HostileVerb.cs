namespace Sots.Reliability.Hostile;

/// <summary>What has to come of a command in a hostile repository.</summary>
internal enum HostileLaw
{
    /// <summary>It ends in time, within memory, with a documented code and a message.</summary>
    Ends,

    /// <summary>It is a check: its code is the case's verdict.</summary>
    Checks,

    /// <summary>The same, reading all data.</summary>
    ChecksData,

    /// <summary>It is a restore to a folder: its code says whether all could be had.</summary>
    Restores,
}

/// <summary>A command that is tried on every hostile repository.</summary>
/// <param name="Words">The command.</param>
/// <param name="Law">What has to come of it.</param>
/// <param name="Changes">It changes the repository: it gets one of its own.</param>
/// <param name="Planted">Before it, links to the outside are put where a restore writes.</param>
internal sealed record HostileVerb(string Words, HostileLaw Law = HostileLaw.Ends, bool Changes = false, bool Planted = false)
{
    /// <summary>
    /// All of them. They run in the project's folder; TARGET is a folder that is not there, or has the links planted; PACKS are the ids of
    /// all packs.
    /// </summary>
    public static IReadOnlyList<HostileVerb> All { get; } =
    [
        new("snapshots"),
        new("snapshots --json --group-by host"),
        new("ls latest --long"),
        new("ls latest --json --recursive"),
        new("check", HostileLaw.Checks),
        new("check --read-data", HostileLaw.ChecksData),
        new("restore latest --target TARGET", HostileLaw.Restores),
        new("restore latest --target TARGET --verify --delete -vv", HostileLaw.Restores, Planted: true),
        new("restore-latest --target TARGET"),
        new("restore-latest --in-place --yes", Changes: true),
        new("restore-latest --in-place --delete --yes --json", Changes: true),
        new("references latest --json"),
        new("source-art latest"),
        new("restore-asset NoSuchAsset --dry-run"),
        new("restore-asset a --to TARGET --with-dependencies"),
        new("restore-level a --yes", Changes: true),
        new("key list"),
        new("key list --json"),
        new("status"),
        new("doctor"),
        new("push", Changes: true),
        new("push --json", Changes: true),
        new("tag --add seen latest", Changes: true),
        new("forget --keep-last 1 --group-by host", Changes: true),
        new("forget --keep-last 1 --prune", Changes: true),
        new("forget-prune --yes", Changes: true),
        new("prune", Changes: true),
        new("unlock", Changes: true),
        new("recover", Changes: true),
        new("repair index --read-all-packs", Changes: true),
        new("repair packs PACKS --dry-run"),
        new("repair snapshots --forget", Changes: true),
    ];
}
