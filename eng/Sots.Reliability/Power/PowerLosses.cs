namespace Sots.Reliability.Power;

/// <summary>What a disk may look like after a power cut.</summary>
/// <param name="After">Number of steps that had been made.</param>
/// <param name="How">What of the rest arrived.</param>
/// <param name="Image">What is found.</param>
internal sealed record PowerState(int After, string How, DiskImage Image);

/// <summary>Which rules a file system keeps when the power goes.</summary>
internal enum FileSystemRules
{
    /// <summary>
    /// What POSIX promises and no more: bytes are safe after a flush of the file, entries after a flush of their folder. Without, each of them
    /// arrives or does not, in any combination.
    /// </summary>
    Posix,

    /// <summary>
    /// A journal of all entries in their order, which a rename that writes through carries to the disk with everything before it; bytes are
    /// safe after a flush of the file. Folders cannot be flushed. So it is with NTFS.
    /// </summary>
    Journal,
}

/// <summary>Goes through a history and makes, for every moment in it, the states that the disk may be found in if the power goes then.</summary>
/// <param name="history">What was done.</param>
/// <param name="rules">What the file system keeps.</param>
/// <param name="random">Chooses where there are more combinations than can be tried.</param>
/// <param name="subsets">Random combinations for each moment.</param>
internal sealed class PowerLosses(DiskHistory history, FileSystemRules rules, Random random, int subsets)
{
    private const int MostSingles = 24;
    private static readonly Remains[] AllRemains = Enum.GetValues<Remains>();

    private readonly UnsafeEntries _entries = new(history.Start.Clone());
    private readonly Dictionary<DiskFile, (int Safe, int Written)> _open = [];
    private readonly FileRemains _remains = new(random.Next());
    private readonly StateKeys _keys = new();

    /// <summary>States that were made but are found by a reader like one made before.</summary>
    public long Repeated { get; private set; }

    /// <summary>The states, each that looks different to a reader once.</summary>
    /// <param name="from">Steps that are made before the first cut.</param>
    public IEnumerable<PowerState> States(int from = 0)
    {
        for (int after = 0; after <= history.Steps.Count; after++)
        {
            if (after > 0)
            {
                Make(history.Steps[after - 1]);
            }

            if (after < from)
            {
                continue;
            }

            foreach ((string how, bool[] kept, Func<Remains> remains) in Choices())
            {
                DiskImage image = _entries.With(kept, file => _open.TryGetValue(file, out (int Safe, int Written) bytes)
                    ? _remains.Of(file, remains(), bytes.Safe, bytes.Written)
                    : file);
                if (_keys.IsNew(image, history.PromiseNumberAfter(after)))
                {
                    yield return new PowerState(after, how, image);
                }
                else
                {
                    Repeated++;
                }
            }
        }
    }

    private void Make(DiskStep step)
    {
        switch (step.Kind)
        {
            case DiskStepKind.Write:
                _open[step.File!] = (_open.TryGetValue(step.File!, out (int Safe, int Written) before) ? before.Safe : 0, step.Length);
                break;
            case DiskStepKind.Flush:
                _open.Remove(step.File!);
                break;
            case DiskStepKind.FlushFolder:
                if (rules == FileSystemRules.Posix)
                {
                    _entries.Settle(open => open.Folder == step.Folder);
                }

                break;
            default:
                _entries.Add(step);
                if (rules == FileSystemRules.Journal && step.Kind is DiskStepKind.Rename or DiskStepKind.Link)
                {
                    _entries.Settle(static _ => true);
                }

                break;
        }
    }

    /// <summary>Combinations of what arrived: which entries, and what of the bytes that are not safe.</summary>
    private IEnumerable<(string How, bool[] Kept, Func<Remains> Remains)> Choices()
    {
        int count = _entries.Count;
        yield return ("nothing arrived", new bool[count], static () => Remains.Nothing);
        foreach (Remains form in _open.Count > 0 ? AllRemains : [Remains.Whole])
        {
            yield return ($"all entries arrived, bytes {form}", All(count), () => form);
        }

        if (rules == FileSystemRules.Journal)
        {
            foreach (int length in Some(count))
            {
                yield return ($"the first {length} entries arrived", [.. Enumerable.Range(0, count).Select(i => i < length)], AnyRemains);
            }

            yield break;
        }

        foreach (int single in Some(count))
        {
            bool[] without = All(count);
            without[single] = false;
            yield return ($"all but: {_entries[single]}", without, static () => Remains.Whole);
            bool[] alone = new bool[count];
            alone[single] = true;
            yield return ($"only: {_entries[single]}", alone, AnyRemains);
        }

        for (int i = 0; count > 1 && i < subsets; i++)
        {
            yield return ($"combination {i}", [.. Enumerable.Range(0, count).Select(_ => random.Next(2) == 0)], AnyRemains);
        }
    }

    private Remains AnyRemains() => AllRemains[random.Next(AllRemains.Length)];

    private IEnumerable<int> Some(int count)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        random.Shuffle(all);
        return all.Take(MostSingles);
    }

    private static bool[] All(int count)
    {
        bool[] all = new bool[count];
        Array.Fill(all, true);
        return all;
    }
}
