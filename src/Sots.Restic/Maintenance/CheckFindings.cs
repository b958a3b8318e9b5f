namespace Sots.Restic.Maintenance;

/// <summary>Passes findings on, one at a time, and sums them up. Thread safe.</summary>
internal sealed class CheckFindings(ICheckEvents events)
{
    private readonly Lock _gate = new();
    private readonly SortedSet<PackId> _broken = [];
    private readonly int[] _counts = new int[Enum.GetValues<FindingKind>().Length];
    private long _errors;
    private long _hints;

    /// <summary>Something was found.</summary>
    /// <param name="kind">What kind of thing.</param>
    /// <param name="item">The file or tree.</param>
    /// <param name="message">The sentence.</param>
    /// <param name="broken">The pack that <c>repair packs</c> should work on, or null.</param>
    public void Add(FindingKind kind, string item, string message, PackId? broken = null)
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

    private bool Has(FindingKind kind) => _counts[(int)kind] > 0;
}
