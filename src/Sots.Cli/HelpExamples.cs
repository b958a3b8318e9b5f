namespace Sots.Cli;

/// <summary>One example for the help of each command. Tests parse every one of them.</summary>
internal static class HelpExamples
{
    private static readonly Dictionary<string, string> ByVerb = new(StringComparer.Ordinal)
    {
        ["init"] = "sots_backup init --backup-root E:/Backups/MyGame",
        ["full"] = "sots_backup full --tag milestone",
        ["push"] = "sots_backup push",
        ["status"] = "sots_backup status",
        ["restore-latest"] = "sots_backup restore-latest --target ../MyGame_Restored",
        ["restore-asset"] = "sots_backup restore-asset /Game/Props/SM_Lamp@1a2b3c4d --with-dependencies --dry-run",
        ["restore-level"] = "sots_backup restore-level Arena --to ../Arena_Yesterday",
        ["references"] = "sots_backup references",
        ["source-art"] = "sots_backup source-art latest",
        ["restore-undo"] = "sots_backup restore-undo",
        ["forget-prune"] = "sots_backup forget-prune --dry-run",
        ["snapshots"] = "sots_backup snapshots --latest 5",
        ["ls"] = "sots_backup ls latest --long",
        ["diff"] = "sots_backup diff 79766175 latest --unreal",
        ["levels"] = "sots_backup levels 79766175 latest Arena",
        ["find"] = "sots_backup find --class StaticMesh 'SM_*'",
        ["history"] = "sots_backup history BP_Door --thumbnails ../BP_Door",
        ["backup"] = "sots_backup backup --tag art D:/Art",
        ["restore"] = "sots_backup restore latest --target ../Old --include /C/UE5/MyGame/Content/Maps",
        ["forget"] = "sots_backup forget --keep-daily 7 --keep-weekly 8 --dry-run",
        ["prune"] = "sots_backup prune --dry-run",
        ["tag"] = "sots_backup tag --add keep latest",
        ["check"] = "sots_backup check --read-data-subset 10%",
        ["key"] = "sots_backup key list",
        ["key list"] = "sots_backup key list",
        ["key add"] = "sots_backup key add --user anna",
        ["key remove"] = "sots_backup key remove eb78040b",
        ["key passwd"] = "sots_backup key passwd --new-random-password",
        ["verify-assets"] = "sots_backup verify-assets latest",
        ["why"] = "sots_backup why Plugins/Bought/Binaries",
        ["sizes"] = "sots_backup sizes",
        ["drill"] = "sots_backup drill --files 20 --max-size 100M",
        ["unlock"] = "sots_backup unlock",
        ["repair"] = "sots_backup repair index --dry-run",
        ["repair index"] = "sots_backup repair index --dry-run",
        ["repair packs"] = "sots_backup repair packs 7cabf064a29960ec --dry-run",
        ["repair snapshots"] = "sots_backup repair snapshots --dry-run",
        ["recover"] = "sots_backup recover --dry-run",
        ["runs"] = "sots_backup runs",
        ["runs show"] = "sots_backup runs show latest",
        ["config"] = "sots_backup config show",
        ["config show"] = "sots_backup config show",
        ["config check"] = "sots_backup config check",
        ["config schema"] = "sots_backup config schema",
        ["config reference"] = "sots_backup config reference",
        ["doctor"] = "sots_backup doctor",
        ["vscode"] = "sots_backup vscode",
        ["restic"] = "sots_backup restic -- stats latest",
        ["completion"] = "sots_backup completion bash",
        ["demo"] = "sots_backup demo",
        ["version"] = "sots_backup version",
    };

    /// <summary>The example of a command, or null.</summary>
    /// <param name="path">The words that lead to it, with blanks.</param>
    public static string? Find(string path) => ByVerb.GetValueOrDefault(path);
}
