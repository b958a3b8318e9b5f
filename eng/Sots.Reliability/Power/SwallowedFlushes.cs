using Sots.Reliability.Scenarios;

namespace Sots.Reliability.Power;

/// <summary>
/// The proof that the laws would notice: of recorded histories one flush is left out, as if the system had swallowed it, and then some state
/// has to break a law. Each kind of flush either matters, or the reason why not stands here.
/// </summary>
internal sealed class SwallowedFlushes(TrialSettings settings, TrialResult result)
{
    private const int Histories = 6, MostOfAKind = 12;

    /// <summary>Kinds of flush that no law needs on a machine that went down as a whole.</summary>
    public static readonly IReadOnlyDictionary<string, string> WithoutEffect = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["folder locks, after storing"] = "a lock that is gone after a power cut belonged to a process that is gone too; it matters on a share, whose server may lose power alone",
    };

    /// <summary>Leaves out flushes of every kind.</summary>
    /// <exception cref="BrokenPromiseException">One could be left out and nobody noticed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        SortedDictionary<string, bool> noticed = new(StringComparer.Ordinal);
        for (int number = 0; number < settings.Count(Histories, atLeast: 2); number++)
        {
            RecordedHistory history = await RecordedHistory.MakeAsync(
                Path.Combine(settings.Work, $"flushes-{number}"), settings.Seed + number, withInit: number % 2 == 0, kills: number > 1);
            foreach (IGrouping<string, (int Step, string Kind)> kind in FlushKinds.Of(history.Steps).GroupBy(static flush => flush.Kind))
            {
                if (noticed.GetValueOrDefault(kind.Key))
                {
                    continue;
                }

                noticed[kind.Key] = false;
                foreach ((int step, _) in kind.Take(WithoutEffect.ContainsKey(kind.Key) ? 3 : MostOfAKind))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    result.Add("flushes left out");
                    if (await IsNoticedAsync(history, step))
                    {
                        noticed[kind.Key] = true;
                        settings.Progress($"without a flush of {kind.Key}: noticed");
                        break;
                    }
                }
            }
        }

        result.Add("kinds of flush of which leaving one out breaks a promise", noticed.Count(static kind => kind.Value));
        string[] wrong = [.. noticed.Where(static kind => kind.Value == WithoutEffect.ContainsKey(kind.Key)).Select(static kind => $"{kind.Key}: {(kind.Value ? "noticed, against expectation" : "not noticed")}")];
        if (wrong.Length > 0)
        {
            throw new BrokenPromiseException($"flushes left out: {string.Join("; ", wrong)}");
        }
    }

    private async Task<bool> IsNoticedAsync(RecordedHistory history, int step)
    {
        DiskHistory without = history.Steps.Without(step);
        foreach (PowerState state in new PowerLosses(without, FileSystemRules.Posix, new Random(settings.Seed), subsets: 0).States(from: step))
        {
            try
            {
                await Laws.HoldAsync(new SimulatedDisk(state.Image), without.PromisedAfter(state.After), history.KnownTrees);
            }
            catch (BrokenPromiseException)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Says what each flush of a history is for.</summary>
internal static class FlushKinds
{
    /// <summary>Steps that flush something, with their kinds. A folder in which nothing waited has none.</summary>
    public static IEnumerable<(int Step, string Kind)> Of(DiskHistory history)
    {
        Dictionary<string, string> waiting = new(StringComparer.Ordinal);
        for (int i = 0; i < history.Steps.Count; i++)
        {
            DiskStep step = history.Steps[i];
            switch (step.Kind)
            {
                case DiskStepKind.MakeFolder:
                    waiting[step.Folder] = "making folders";
                    break;
                case DiskStepKind.Rename or DiskStepKind.Link:
                    waiting[step.Folder] = "storing";
                    break;
                case DiskStepKind.Remove when !step.Name.Contains("-tmp-", StringComparison.Ordinal):
                    waiting[step.Folder] = "removing";
                    break;
                case DiskStepKind.Flush when history.Steps.Skip(i).FirstOrDefault(later => later.Kind is DiskStepKind.Rename or DiskStepKind.Link && later.File == step.File) is { } rename:
                    yield return (i, $"a file in {NameOf(rename.Folder)}");
                    break;
                case DiskStepKind.FlushFolder when waiting.Remove(step.Folder, out string? why):
                    yield return (i, $"folder {NameOf(step.Folder)}, after {why}");
                    break;
            }
        }
    }

    private static string NameOf(string folder) => folder.Split('/') switch
    {
        ["", "backup", "repo", "data", _] => "data/xx",
        ["", "backup", "repo", var name] => name,
        ["", "backup", "repo"] => "of the repository",
        _ => "above the repository",
    };
}
