using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Reliability.Damage;

/// <summary>
/// Every kind of file hurt in every way and place. In this process: check, reading and restore keep their word. With the published program
/// on a share of them: documented exit codes, no stack trace, no hang, and nothing that real restic does better.
/// </summary>
internal sealed class DamageTrial : Trial
{
    private const int Processes = 120;

    /// <inheritdoc/>
    public override string Name => "damage";

    /// <inheritdoc/>
    public override string About => "files of every kind changed, cut, emptied, swapped, misplaced, replaced: check, restore and exit codes keep their word";

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        DamageScene scene = await DamageScene.MakeAsync(settings.Work, settings.Seed);
        Injury[] injuries = [.. Injury.Of(scene)];
        new Random(settings.Seed).Shuffle(injuries);
        foreach (Injury injury in injuries.Take(settings.Count(injuries.Length)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string what = $"{injury.File}: {injury.How}";
            using AlteredBackend backend = new(scene.Files, injury.Altered);
            Outcome outcome = await Outcome.OfAsync(scene, backend, what);
            Judge(outcome, injury, what);
            result.Add("injuries found for what they are");
            result.Add("files of restores compared byte by byte", await DiskRestore.CompareAsync(scene, backend, Path.Combine(settings.Work, "restored"), what));
        }

        if (settings.Program is { } program)
        {
            ProgramComparison comparison = new(program, settings.Restic, settings.Work, scene, result);
            foreach (Injury injury in injuries.Take(settings.Count(Processes)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await comparison.RunAsync(injury);
            }

            foreach (FileHandle file in scene.InOrder.Where(file => file.Type != FileType.Lock))
            {
                await comparison.RunMisplacedAsync(file);
            }
        }
    }

    private static void Judge(Outcome outcome, Injury injury, string what)
    {
        string name = injury.File.ToString();
        switch (injury.Trace)
        {
            case Trace.Named when outcome.Refusal is { } refusal:
                bool keyIsGone = refusal.Kind == RepositoryErrorKind.WrongPassword && injury.Altered.Values.Contains(null);
                DamageLaws.Require(injury.File.Type == FileType.Key && (keyIsGone || refusal.Message.Contains(name, StringComparison.Ordinal)), $"{what}: {refusal.Message}");
                break;
            case Trace.Named:
                DamageLaws.Require(
                    outcome.Findings.Any(finding => !finding.IsHint && (finding.Item == name || finding.Message.Contains(name, StringComparison.Ordinal))),
                    $"{what}, and no finding names it: {string.Join("; ", outcome.Findings.Select(finding => finding.Message))}");
                DamageLaws.Require(outcome.Report!.Damage!.Items.Any(item => item.Item == name), $"{what}, and what it means is not said of it");
                DamageLaws.Require(
                    (outcome.Report.Damage.Files, outcome.Report.Damage.Folders) == (outcome.LostFiles.Count, outcome.LostFolders.Count),
                    $"{what}: lost is {string.Join(' ', outcome.LostFiles.Concat(outcome.LostFolders))}, said is {outcome.Report.Damage.Files} and {outcome.Report.Damage.Folders}");
                break;
            default:
                DamageLaws.Require(outcome.IsComplete, $"{what}, which takes nothing with it, and lost is {string.Join(' ', outcome.LostFiles.Concat(outcome.LostFolders))}");
                break;
        }
    }
}
