using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary>Snapshots that a command line names one by one.</summary>
internal static class SnapshotWords
{
    /// <summary>Finds them; a word that fits nothing is passed over with a line, as in restic.</summary>
    public static List<SavedSnapshot> FindAll(SnapshotListing listing, IReadOnlyList<string> words, SnapshotFilter filter, IReporter reporter)
    {
        List<SavedSnapshot> found = [];
        foreach (string word in words)
        {
            try
            {
                found.Add(SnapshotSelection.Find(listing, word, filter));
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.InvalidRequest)
            {
                reporter.Warning($"Ignoring \"{word}\": {e.Message}");
            }
        }

        return found;
    }
}
