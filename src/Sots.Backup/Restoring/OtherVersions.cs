using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Maintenance.Consequences;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>After a restore that could not give everything: which other snapshots have a version of what is lost?</summary>
/// <param name="repository">Where it comes from.</param>
/// <param name="snapshot">The snapshot that was restored.</param>
/// <param name="options">What was asked for.</param>
/// <param name="tally">Knows what is lost.</param>
/// <param name="events">Told.</param>
internal sealed class OtherVersions(IndexedRepository repository, Snapshot snapshot, RestoreOptions options, RestoreTally tally, IOperationEvents events)
{
    /// <summary>Looks for each path that was lost and tells.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> lost = tally.Lost;
        SavedSnapshot[] others = [.. options.Snapshots.Where(saved => saved.Snapshot.Tree != snapshot.Tree).Reverse()];
        if (lost.Count == 0 || others.Length == 0)
        {
            return;
        }

        WholeVersionSearch search = new(repository, others, CanBeHad);
        foreach (string path in lost)
        {
            byte[][] names = [.. (options.Subpath + path).Split('/', StringSplitOptions.RemoveEmptyEntries).Select(static name => PathText.ToBytes(name))];
            if (await search.FindAsync(names, cancellationToken).ConfigureAwait(false) is { } found)
            {
                string id = found.Id.Value.ToShortString();
                string shown = "/" + string.Join('/', names.Select(static name => PathText.ToText(name)));
                events.Message($"another version of {shown} is in snapshot {id} of {found.Snapshot.Time.ToString().Split('T')[0]}: `restore {id} --include {shown}` gives it");
            }
        }
    }

    /// <summary>A version with none of the content that could not be had just now, as far as the index knows.</summary>
    private bool CanBeHad(Node other) => other.Type == NodeType.Directory
        || (other is { Type: NodeType.File, Content: { } content }
            && content.All(blob => !tally.IsLost(blob) && repository.Index.Contains(new BlobHandle(blob))));
}
