namespace Sots.Cli;

/// <summary>Flags that restic has and this program has not, each with the reason: whoever uses one should not have to guess.</summary>
internal static class UnsupportedFlags
{
    private const string OnlyRemote = "it is for remote repositories, and this program works on folders";
    private const string Stdin = "this program saves files and folders, not streams";

    private static readonly Dictionary<string, string> Everywhere = new(StringComparer.Ordinal)
    {
        ["--limit-upload"] = OnlyRemote,
        ["--limit-download"] = OnlyRemote,
        ["--cacert"] = OnlyRemote,
        ["--tls-client-cert"] = OnlyRemote,
        ["--insecure-tls"] = OnlyRemote,
        ["--http-user-agent"] = OnlyRemote,
        ["--stuck-request-timeout"] = OnlyRemote,
        ["--no-extra-verify"] = "what is written is always verified first",
    };

    private static readonly Dictionary<(string Command, string Flag), string> OfCommands = new()
    {
        [("backup", "--stdin")] = Stdin,
        [("backup", "--stdin-filename")] = Stdin,
        [("backup", "--stdin-from-command")] = Stdin,
        [("backup", "--use-fs-snapshot")] = "files are read while they are open in other programs, without a volume snapshot",
        [("backup", "--exclude-cloud-files")] = "files that are only in the cloud are fetched and saved as others are",
        [("restore", "--include-xattr")] = "extended attributes are restored all together",
        [("restore", "--exclude-xattr")] = "extended attributes are restored all together",
        [("ls", "--ncdu")] = "use --json",
        [("ls", "--sort")] = "entries come in the order of their names",
        [("ls", "-s")] = "entries come in the order of their names",
        [("ls", "--reverse")] = "entries come in the order of their names",
        [("prune", "--unsafe-recover-no-free-space")] = "it removes the index before there is a new one; --max-repack-size 0 needs the least room",
        [("init", "--copy-chunker-params")] = "a new repository gets parameters of its own",
    };

    /// <summary>Why a command has not this flag of restic's; null where it is not one of restic's.</summary>
    public static string? ReasonFor(string command, string flag) =>
        OfCommands.TryGetValue((command, flag), out string? reason) || Everywhere.TryGetValue(flag, out reason) ? reason : null;
}
