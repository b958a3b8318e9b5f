using Sots.Restic.Backends;
using Sots.Restic.Index;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>
/// Decides what becomes of each pack, as restic does: what is not used goes; of the others the ones with the largest share of unused data
/// are repacked until little enough is left. Source: docs/FORMAT.md, "Prune".
/// </summary>
internal sealed class PruneDecision
{
    /// <summary>Fewer small packs than this are left alone: merging them is not worth the trouble, and would never end.</summary>
    private const int MinSmallPacks = 10;

    /// <summary>Packs that repacking may leave short at its end: two open ones of each type.</summary>
    private const int ShortPacksOfARepack = 4;

    private readonly int _version;
    private readonly PruneOptions _options;
    private readonly MasterIndex _index;
    private readonly PackUse[] _uses;
    private readonly PruneStatistics _sums;
    private readonly bool[] _there;
    private readonly List<PlannedPack> _plan = [];
    private readonly List<Candidate> _candidates = [];
    private readonly List<Candidate> _small = [];
    private long _smallBelow;

    /// <summary>Takes what is known.</summary>
    public PruneDecision(int version, PruneOptions options, MasterIndex index, PackUse[] uses, PruneStatistics sums)
    {
        _version = version;
        _options = options;
        _index = index;
        _uses = uses;
        _sums = sums;
        _there = new bool[uses.Length];
        Actions = new PackAction[uses.Length];
    }

    private readonly record struct Candidate(int Number, long Length, PackReason Reason)
    {
        public bool MustCompress => Reason == PackReason.Uncompressed;
    }

    /// <summary>What becomes of each pack of the index, by its number.</summary>
    public PackAction[] Actions { get; }

    /// <summary>Decides; returns every pack in the order of their names.</summary>
    /// <param name="packs">The packs there are.</param>
    /// <exception cref="RepositoryException">A pack that is needed is missing, or has another length than the index says.</exception>
    public IReadOnlyList<PlannedPack> Decide(IReadOnlyList<StoredFile> packs)
    {
        _smallBelow = SmallBelow(packs);
        foreach (StoredFile pack in packs)
        {
            Look(new PackId(pack.Name), pack.Length);
        }

        ForgetMissing();
        long maxUnused = _options.MaxUnused.BytesFor(_sums.Bytes.Used);
        if (_small.Count >= MinSmallPacks)
        {
            _candidates.AddRange(_small);
            _small.Clear();
        }

        Repack(_candidates, maxUnused);
        if (_sums.Bytes.Repack > 0 && _small.Count + ShortPacksOfARepack >= MinSmallPacks)
        {
            // What this repacking leaves would make them so many that the next prune had to merge them.
            Repack(_small, maxUnused);
            _small.Clear();
        }

        _small.ForEach(pack => Plan(pack, PackAction.Keep, PackReason.FewSmall));
        _sums.Packs.Keep = _plan.Count(pack => pack.Action == PackAction.Keep);
        _sums.Packs.Repack = _plan.Count(pack => pack.Action == PackAction.Repack);
        _sums.Packs.Remove = _plan.Count(pack => pack.Action == PackAction.Remove);
        if (_version < 2)
        {
            _sums.Bytes.Uncompressed = 0;
        }

        _plan.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return _plan;
    }

    /// <summary>
    /// The length below which a pack is small. By default 80 % of 4 MiB, or of the length that 3 % of the packs stay below where that is
    /// more: a repository of large packs has small ones of another size than one of default packs.
    /// </summary>
    private long SmallBelow(IReadOnlyList<StoredFile> packs)
    {
        if (_options.RepackSmallerThanBytes is { } chosen)
        {
            return chosen;
        }

        if (_options.RepackSmall)
        {
            return _options.Write.PackSizeBytes / 5 * 4L;
        }

        long[] lengths = [.. packs.Select(pack => pack.Length).Order()];
        long typical = lengths.Length == 0 ? 0 : lengths[(int)(lengths.Length * 3L / 100)];
        return Math.Max(4 << 20, typical) / 5 * 4;
    }

    private void Look(PackId pack, long length)
    {
        int number = _index.NumberOf(pack);
        if (number < 0)
        {
            _sums.Bytes.Unreferenced += length;
            _sums.Packs.Unreferenced++;
            _plan.Add(new PlannedPack(pack, length, PackAction.RemoveUnreferenced, PackReason.Unreferenced, 0, length, 0, 0));
            return;
        }

        ref readonly PackUse use = ref _uses[number];
        _there[number] = true;
        if (use.UsedBlobs > 0 && use.Bytes != length)
        {
            throw new RepositoryException(
                RepositoryErrorKind.Damaged,
                $"{FileHandle.Of(pack)} has {length} bytes, but by the index it must have {use.Bytes}. Snapshots need it, so nothing was removed.",
                "`check --read-data` says what is lost. Repair the index (`repair index`) and the pack (`repair packs`), then prune again.");
        }

        Count(use);
        bool mustCompress = _version >= 2 && use.HasUncompressed && ((use.HasTrees && !use.HasData) || _options.RepackUncompressed);
        switch (use)
        {
            case { UsedBlobs: 0 }:
                Drop(number, length, PackAction.Remove, PackReason.Unused);
                break;
            case { IsData: true } when _options.RepackCacheableOnly:
                Plan(new Candidate(number, length, default), PackAction.Keep, PackReason.NotCacheable);
                break;
            case { UnusedBlobs: 0, IsMixed: false } when !mustCompress && length >= _smallBelow:
                Plan(new Candidate(number, length, default), PackAction.Keep, PackReason.Used);
                break;
            case { UnusedBlobs: 0, IsMixed: false } when !mustCompress:
                _small.Add(new Candidate(number, length, PackReason.Small));
                break;
            default:
                _candidates.Add(new Candidate(
                    number, length, mustCompress ? PackReason.Uncompressed : use.IsMixed ? PackReason.Mixed : PackReason.PartlyUsed));
                break;
        }
    }

    private void Count(in PackUse use)
    {
        switch (use)
        {
            case { UsedBlobs: 0 }:
                _sums.Packs.Unused++;
                break;
            case { UnusedBlobs: 0 }:
                _sums.Packs.Used++;
                break;
            default:
                _sums.Packs.PartlyUsed++;
                break;
        }

        if (use is { HasUncompressed: true, UsedBlobs: > 0 })
        {
            _sums.Bytes.Uncompressed += use.Bytes;
        }
    }

    private void ForgetMissing()
    {
        for (int number = 0; number < _there.Length; number++)
        {
            if (_there[number])
            {
                continue;
            }

            if (_uses[number].UsedBlobs > 0)
            {
                throw new RepositoryException(
                    RepositoryErrorKind.Missing,
                    $"{FileHandle.Of(_index.PackOf(number))} is not there, and snapshots need {_uses[number].UsedBlobs} blobs of it. Nothing was removed.",
                    "Put the file back from a copy of the repository. If there is none, a backup of what is still there heals what it can; then `repair index`.");
            }

            Drop(number, 0, PackAction.Forget, PackReason.Missing);
        }
    }

    /// <summary>Packs that are not all data first, then small ones, then by their share of unused data.</summary>
    private int Compare(Candidate a, Candidate b)
    {
        ref readonly PackUse x = ref _uses[a.Number];
        ref readonly PackUse y = ref _uses[b.Number];
        int order = x.IsData.CompareTo(y.IsData);
        if (order == 0)
        {
            order = (y.Bytes < _smallBelow).CompareTo(x.Bytes < _smallBelow);
        }

        if (order == 0)
        {
            order = ((UInt128)y.UnusedBytes * (UInt128)x.UsedBytes).CompareTo((UInt128)x.UnusedBytes * (UInt128)y.UsedBytes);
        }

        return order != 0 ? order : _index.PackOf(a.Number).CompareTo(_index.PackOf(b.Number));
    }

    private void Repack(List<Candidate> candidates, long maxUnused)
    {
        candidates.Sort(Compare);
        foreach (Candidate pack in candidates)
        {
            ref readonly PackUse use = ref _uses[pack.Number];
            bool repackedEnough = _options.MaxRepackBytes is { } limit && _sums.Bytes.Repack + use.Bytes >= limit;
            bool removedEnough = _sums.RemainingUnusedBytes < maxUnused && use.Bytes >= _smallBelow;
            if (repackedEnough)
            {
                Plan(pack, PackAction.Keep, PackReason.RepackLimit);
            }
            else if (use.IsData && !pack.MustCompress && removedEnough)
            {
                Plan(pack, PackAction.Keep, PackReason.WithinUnusedLimit);
            }
            else
            {
                Plan(pack, PackAction.Repack, pack.Reason);
                _sums.Blobs.Repack += use.Blobs;
                _sums.Bytes.Repack += use.Bytes;
                _sums.Blobs.RepackRemove += use.UnusedBlobs;
                _sums.Bytes.RepackRemove += use.UnusedBytes;
                _sums.Bytes.Uncompressed -= use.HasUncompressed ? use.Bytes : 0;
            }
        }
    }

    private void Drop(int number, long length, PackAction action, PackReason reason)
    {
        Plan(new Candidate(number, length, reason), action, reason);
        _sums.Blobs.Remove += _uses[number].UnusedBlobs;
        _sums.Bytes.Remove += _uses[number].UnusedBytes;
    }

    private void Plan(Candidate pack, PackAction action, PackReason reason)
    {
        ref readonly PackUse use = ref _uses[pack.Number];
        Actions[pack.Number] = action;
        _plan.Add(new PlannedPack(
            _index.PackOf(pack.Number), pack.Length, action, reason, use.UsedBytes, use.UnusedBytes, use.UsedBlobs, use.UnusedBlobs));
    }
}
