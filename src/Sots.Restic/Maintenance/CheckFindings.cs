using System.Runtime.InteropServices;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Passes findings on, one at a time, sums them up, and remembers what is to blame for them: at most <see cref="MaxCulprits"/> files. Thread
/// safe.
/// </summary>
internal sealed class CheckFindings(ICheckEvents events)
{
    /// <summary>Damaged things of which it is told what each means; of more only their number is known.</summary>
    public const int MaxCulprits = 1000;

    private readonly Lock _gate = new();
    private readonly SortedSet<PackId> _broken = [];
    private readonly int[] _counts = new int[Enum.GetValues<FindingKind>().Length];
    private readonly Dictionary<string, SortedSet<FindingKind>> _culprits = [];
    private readonly List<string> _order = [];
    private long _errors;
    private long _hints;

    /// <summary>What is to blame, in the order it was found, with the kinds of what was found about it. Hints are not among it.</summary>
    public IReadOnlyList<(string Name, IReadOnlySet<FindingKind> Kinds)> Culprits
    {
        get
        {
            lock (_gate)
            {
                return [.. _order.Select(name => (name, (IReadOnlySet<FindingKind>)_culprits[name]))];
            }
        }
    }

    /// <summary>Packs that something is wrong with.</summary>
    public IReadOnlyList<PackId> Broken
    {
        get
        {
            lock (_gate)
            {
                return [.. _broken];
            }
        }
    }

    /// <summary>Whether anything of a kind was found.</summary>
    public bool Has(FindingKind kind)
    {
        lock (_gate)
        {
            return _counts[(int)kind] > 0;
        }
    }

    /// <summary>Something was found.</summary>
    /// <param name="kind">What kind of thing.</param>
    /// <param name="item">The file or tree.</param>
    /// <param name="message">The sentence.</param>
    /// <param name="broken">The pack that <c>repair packs</c> should work on, or null.</param>
    /// <param name="culprit">What is to blame, where that is not the item itself.</param>
    public void Add(FindingKind kind, string item, string message, PackId? broken = null, string? culprit = null)
    {
        Finding finding = new(kind, item, message);
        lock (_gate)
        {
            _counts[(int)kind]++;
            if (finding.IsHint)
            {
                _hints++;
            }
            else
            {
                _errors++;
                Remember(culprit ?? item, kind);
            }

            if (broken is { } pack)
            {
                _broken.Add(pack);
            }

            events.Found(finding);
        }
    }

    /// <summary>The sum of it.</summary>
    public CheckReport Report()
    {
        lock (_gate)
        {
            // What is missing may well lie in the packs that no index names. Then prune would remove the only copy.
            bool missing = Has(FindingKind.TreeMissing) || Has(FindingKind.BlobMissing);
            bool lostIndex = Has(FindingKind.IndexUnreadable) || (missing && Has(FindingKind.OrphanPack));
            return new CheckReport(
                _errors,
                _hints,
                [.. _broken],
                SuggestRepairIndex: lostIndex || Has(FindingKind.PackIndexedTwice),
                SuggestPrune: !lostIndex && (Has(FindingKind.OrphanPack) || Has(FindingKind.MixedPack)));
        }
    }

    private void Remember(string culprit, FindingKind kind)
    {
        if (_culprits.Count >= MaxCulprits && !_culprits.ContainsKey(culprit))
        {
            return;
        }

        ref SortedSet<FindingKind>? kinds = ref CollectionsMarshal.GetValueRefOrAddDefault(_culprits, culprit, out bool known);
        if (!known)
        {
            kinds = [];
            _order.Add(culprit);
        }

        kinds!.Add(kind);
    }
}
