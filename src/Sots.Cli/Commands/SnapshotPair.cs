using Sots.Backup.Operations;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary>Two snapshots that a command compares, or folders in them.</summary>
/// <param name="Before">The first.</param>
/// <param name="After">The second.</param>
/// <param name="Repository">Their repository.</param>
/// <param name="MayBeStale">Whether one of them may not be the newest, though that was asked for.</param>
internal sealed record SnapshotPair(SnapshotPair.Side Before, SnapshotPair.Side After, IndexedRepository Repository, bool MayBeStale)
{
    /// <summary>One of the two.</summary>
    /// <param name="Word">As it was typed.</param>
    /// <param name="Saved">The snapshot.</param>
    /// <param name="Folder">The folder in it.</param>
    internal sealed record Side(string Word, SavedSnapshot Saved, SnapshotFolder Folder)
    {
        /// <summary>Short id.</summary>
        public string ShortId => Saved.Id.Value.ToShortString();
    }

    /// <summary>Finds both and loads the index.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: one of them is not there.</exception>
    public static async Task<SnapshotPair> LoadAsync(CommandRun run, RepositorySession session, string before, string after, CancellationToken cancellationToken)
    {
        SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        bool stale = false;
        Side one = Find(before), other = Find(after);
        IndexedRepository indexed = await session.LoadIndexForAsync(run, [one.Saved, other.Saved], cancellationToken).ConfigureAwait(false);
        return new SnapshotPair(one, other, indexed, stale);

        Side Find(string text)
        {
            SnapshotWord word = SnapshotWord.Parse(text);
            SavedSnapshot saved = word.Find(listing, new SnapshotFilter());
            stale |= word.MayBeStale(listing, saved, run);
            return new Side(text, saved, new SnapshotFolder(saved.Snapshot, word.Subpath));
        }
    }
}
