using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Reliability.Damage;

/// <summary>What must hold for a repository with one damaged file.</summary>
internal static class DamageLaws
{
    /// <summary>The check, or the refusal to open, names the file, and the check says what that means and what helps.</summary>
    public static void Found(Outcome outcome, FileHandle file, string what)
    {
        string name = file.ToString();
        if (outcome.Refusal is { } refusal)
        {
            Require(file.Type == FileType.Key && refusal.Message.Contains(name, StringComparison.Ordinal), $"{what}: not opened, for another reason: {refusal.Message}");
            return;
        }

        Require(outcome.Report!.Errors > 0, $"{what}, and the check finds nothing");
        Require(
            outcome.Findings.Any(finding => !finding.IsHint && (finding.Item == name || finding.Message.Contains(name, StringComparison.Ordinal))),
            $"{what}, and no finding names the file: {string.Join("; ", outcome.Findings.Select(finding => finding.Message))}");
        Require(outcome.Report.Damage!.Items.Any(item => item.Item == name), $"{what}, and what it means is not said of it");
    }

    /// <summary>Only what hangs on the file is lost, and the check says just that.</summary>
    public static void TakesNothingElse(DamageScene scene, Outcome outcome, FileHandle file, string what)
    {
        if (outcome.Refusal is not null)
        {
            return;
        }

        int expected = scene.Contents.Count - (file.Type == FileType.Snapshot ? 1 : 0);
        Require(outcome.Snapshots.Count == expected, $"{what}: {outcome.Snapshots.Count} snapshots in place of {expected}");
        Require(
            outcome.IsComplete || file.Type == FileType.Pack,
            $"{what}, and lost is {string.Join(' ', outcome.LostFiles.Concat(outcome.LostFolders))}");
        Require(
            (outcome.Report!.Damage!.Files, outcome.Report.Damage.Folders) == (outcome.LostFiles.Count, outcome.LostFolders.Count),
            $"{what}: the check says that {outcome.Report.Damage.Files} files and {outcome.Report.Damage.Folders} folders are lost, "
            + $"and lost is {string.Join(' ', outcome.LostFiles.Concat(outcome.LostFolders))}");
    }

    /// <summary>Breaks the promise where something does not hold.</summary>
    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }
}
