using Sots.Restic.Maintenance.Consequences;

namespace Sots.Restic.Maintenance;

/// <summary>What a check found.</summary>
/// <param name="Errors">Number of errors; 0 means clean.</param>
/// <param name="Hints">Number of harmless findings (left-overs, duplicates).</param>
/// <param name="BrokenPacks">Packs that <c>repair packs</c> can salvage.</param>
/// <param name="SuggestRepairIndex">The index should be rebuilt.</param>
/// <param name="SuggestPrune">There are left-overs that prune removes.</param>
public sealed record CheckReport(
    long Errors, long Hints, IReadOnlyList<PackId> BrokenPacks, bool SuggestRepairIndex, bool SuggestPrune)
{
    /// <summary>What the errors mean in files, and what helps; null where there are none.</summary>
    public DamageReport? Damage { get; init; }
}
