using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary>What a person types for a snapshot: <c>latest</c> or the start of an id, and behind a colon a path in it.</summary>
/// <param name="Word">Latest, or the start of an id.</param>
/// <param name="Subpath">Path in the snapshot; empty for all of it.</param>
internal readonly record struct SnapshotWord(string Word, string Subpath)
{
    /// <summary>Splits at the first colon.</summary>
    /// <exception cref="UsageException">Nothing was typed.</exception>
    public static SnapshotWord Parse(string? text) =>
        string.IsNullOrEmpty(text) ? throw new UsageException("no snapshot ID specified", "`latest` is the newest; `snapshots` lists them all.")
        : text.IndexOf(':', StringComparison.Ordinal) is >= 0 and int colon ? new(text[..colon], text[(colon + 1)..]) : new(text, "");

    /// <summary>
    /// Whether damaged snapshots may have been passed over for the one that was found; names them. The newest of those that can be read
    /// need not be the newest of all, so the command must not end as if it were.
    /// </summary>
    /// <param name="listing">All snapshots.</param>
    /// <param name="used">The one that is used in its place.</param>
    /// <param name="run">Where it is told, and the time zone for it.</param>
    public bool MayBeStale(SnapshotListing listing, SavedSnapshot used, CommandRun run)
    {
        if (Word != SnapshotSelection.Latest)
        {
            return false;
        }

        foreach (RepositoryException damage in listing.Damaged)
        {
            run.Reporter.Warning($"warning: {damage.Message}; it is passed over, and may be newer than the one that is used");
        }

        if (listing.Damaged.Count > 0)
        {
            string id = used.Id.Value.ToShortString();
            run.Reporter.Warning($"warning: {id} of {Times.Local(used.Snapshot.Time, run.Environment.Clock.LocalTimeZone)} is used, the newest that can be read; name it in place of latest if it is the one you want");
        }

        return listing.Damaged.Count > 0;
    }

    /// <summary>Finds the snapshot; where none fits, says whether damaged ones were passed over.</summary>
    /// <param name="listing">All snapshots.</param>
    /// <param name="filter">Which of them <c>latest</c> may be.</param>
    /// <param name="failure">What stands before the reason when nothing is found.</param>
    /// <exception cref="RepositoryException">InvalidRequest: nothing, or more than one, fits.</exception>
    public SavedSnapshot Find(SnapshotListing listing, SnapshotFilter filter, string failure = "")
    {
        try
        {
            return SnapshotSelection.Find(listing, Word, filter);
        }
        catch (RepositoryException e) when (listing.Damaged.Count == 0)
        {
            throw new RepositoryException(e.Kind, failure + e.Message, e.Advice, e);
        }
        catch (RepositoryException e)
        {
            throw new RepositoryException(e.Kind, $"{failure}{e.Message}. {listing.Damaged.Count} snapshots cannot be read: {listing.Damaged[0].Message}", e.Advice, e);
        }
    }
}
