using System.Globalization;
using System.Text;
using System.Text.Json;
using Sots.Backup.Alarms;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Unreal.Health;

namespace Sots.Cli.Assets;

/// <summary>
/// Which packages are damaged in the newest snapshot, as far as backups on this computer have seen: what is not read again must not be
/// forgotten. Lies beside the repository and may be deleted at any time; `verify-assets latest` finds all of it again.
/// </summary>
/// <param name="Tree">Root of the snapshot it was written for.</param>
/// <param name="NewestVersion">The newest version of the format that a package of it has, as far as seen; 0 where it is not known.</param>
/// <param name="Assets">The damaged ones.</param>
internal sealed record KnownDamage(TreeId? Tree, int NewestVersion, IReadOnlyList<DamagedAsset> Assets)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "damaged-assets.json";

    private const int Form = 1;
    private const long LongestFile = 64 << 20;

    /// <summary>Nothing is known.</summary>
    public static KnownDamage None { get; } = new(null, 0, []);

    /// <summary>Where that of a project lies.</summary>
    public static string PathOf(ProjectSettings project) => Path.Combine(project.BackupRoot.Value, FileName);

    /// <summary>Whether it is about exactly this snapshot.</summary>
    public bool IsOf(SavedSnapshot? snapshot) => snapshot is not null && Tree == snapshot.Snapshot.Tree;

    /// <summary>An alarm where it is about this snapshot and something of it is damaged.</summary>
    public IEnumerable<Alarm> ToAlarms(SavedSnapshot? newest)
    {
        if (!IsOf(newest) || Assets.Count == 0)
        {
            return [];
        }

        string names = string.Join(", ", Assets.Take(3).Select(static asset => asset.Path));
        string more = Assets.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {Assets.Count - 3:N0} more") : "";
        return
        [
            new Alarm(
                AlarmKind.AssetsDamaged,
                string.Create(CultureInfo.InvariantCulture, $"{Assets.Count:N0} {(Assets.Count == 1 ? "asset is" : "assets are")} damaged in the newest snapshot: {names}{more}"),
                "`sots_backup verify-assets latest` says what is wrong with them, and how to get whole versions back."),
        ];
    }

    /// <summary>Reads the file; what is not there, or makes no sense, counts as nothing.</summary>
    public static KnownDamage Load(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: < LongestFile }
                || CliJson.Parse<KnownDamageFile>(File.ReadAllText(path, Encoding.UTF8)) is not { Form: Form } file
                || !ContentId.TryParse(file.Tree, out ContentId tree))
            {
                return None;
            }

            List<DamagedAsset> assets = [];
            foreach (KnownDamageEntry entry in file.Assets ?? [])
            {
                if (entry is { Path.Length: > 0, Message: not null } && ContentId.TryParse(entry.Content, out ContentId content)
                    && Enum.GetValues<PackageCause>().Where(cause => AssetCauses.NameOf(cause) == entry.Cause).ToArray() is [var cause])
                {
                    assets.Add(new DamagedAsset(entry.Path, content, cause, entry.Message) { IsKnown = true });
                }
            }

            return new KnownDamage(new TreeId(tree), Math.Max(0, file.NewestVersion), assets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return None;
        }
    }

    /// <summary>Writes the file. What goes wrong is passed over: it is only a help.</summary>
    public void Save(string path)
    {
        try
        {
            NewFile.Replace(path, Encoding.UTF8.GetBytes(CliJson.Line(new KnownDamageFile(
                Form, Tree?.ToString() ?? "", NewestVersion,
                [.. Assets.Select(static asset => new KnownDamageEntry(asset.Path, asset.Content.ToString(), AssetCauses.NameOf(asset.Cause), asset.Message))]))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next backup that reads these packages finds it out again.
        }
    }
}

/// <summary>The file.</summary>
internal sealed record KnownDamageFile(int Form, string Tree, int NewestVersion, IReadOnlyList<KnownDamageEntry> Assets);

/// <summary>One package of it.</summary>
internal sealed record KnownDamageEntry(string Path, string Content, string Cause, string Message);
