using System.Collections.Frozen;

namespace Sots.Cli.Runs;

/// <summary>What kind of command a verb is.</summary>
internal static class RunVerbs
{
    internal static readonly FrozenSet<string> Work = FrozenSet.Create(
        StringComparer.Ordinal,
        "init", "full", "push", "backup", "restore", "restore-latest", "restore-asset", "restore-level", "restore-undo", "check", "drill", "verify-assets",
        "forget", "prune", "forget-prune", "tag", "unlock", "restic",
        "repair-index", "repair-packs", "repair-snapshots", "recover",
        "key-add", "key-remove", "key-passwd");

    private static readonly FrozenSet<string> Own = FrozenSet.Create(
        StringComparer.Ordinal,
        "init", "full", "push", "restore-latest", "restore-asset", "restore-level", "restore-undo", "forget-prune", "drill", "verify-assets", "references", "source-art",
        "history");

    /// <summary>Whether it works on a repository and gets a log; what only looks at one does not.</summary>
    public static bool IsLogged(string verb) => Work.Contains(verb);

    /// <summary>Whether it runs another program that gets the signals too and tells of them, on the console and in the log.</summary>
    public static bool SaysInterruptItself(string verb) => verb == "restic";

    /// <summary>Whether it is a command of this program alone, whose text no program that drives restic reads.</summary>
    public static bool IsOwn(string verb) => Own.Contains(verb);
}
