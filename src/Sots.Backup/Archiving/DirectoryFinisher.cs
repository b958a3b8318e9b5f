using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using Sots.Backup.Progress;
using Sots.Backup.Proving;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Backup.Archiving;

/// <summary>Writes the trees of directories whose entries are all finished, from the leaves up. Thread safe.</summary>
internal sealed class DirectoryFinisher(
    WriteSession session, ArchiveTotals totals, OperationCounters counters, IOperationEvents events, WriteSample? sample)
{
    private readonly ConcurrentBag<ArrayBufferWriter<byte>> _buffers = [];

    /// <summary>The root tree, once it is written; null before, and where nothing at all was saved.</summary>
    public TreeId? Root { get; private set; }

    /// <summary>Fills a slot and finishes every directory that is complete with it.</summary>
    public ValueTask FillAsync(DirectoryBuild directory, int slot, Node? node, CancellationToken cancellationToken) =>
        directory.Fill(slot, node) ? FinishAsync(directory, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Marks that the walker has handed out all slots of a directory.</summary>
    public ValueTask AllHandedOutAsync(DirectoryBuild directory, CancellationToken cancellationToken) =>
        directory.AllHandedOut() ? FinishAsync(directory, cancellationToken) : ValueTask.CompletedTask;

    private async ValueTask FinishAsync(DirectoryBuild directory, CancellationToken cancellationToken)
    {
        for (DirectoryBuild? current = directory; current is not null;)
        {
            List<Node> nodes = current.TakeNodes();
            if (current.Above is null && nodes.Count == 0)
            {
                return;
            }

            (SavedBlob saved, int plainBytes) = await SaveTreeAsync(nodes, cancellationToken).ConfigureAwait(false);
            TreeId id = new(saved.Id);
            if (current.Above is null)
            {
                Root = id;
                return;
            }

            current.Node!.Subtree = id;
            ItemAction action = totals.Count(current.ParentNode, current.Node);
            if (events.WantsItems && (action != ItemAction.Unchanged || events.WantsUnchangedItems))
            {
                events.Item(new ItemEvent(
                    action, current.Path + "/", Stopwatch.GetElapsedTime(current.Started), 0, saved.IsNew ? plainBytes : 0, saved.IsNew ? saved.StoredBytes : 0, true));
            }

            current = current.Above.Fill(current.Slot, current.Node) ? current.Above : null;
        }
    }

    private async ValueTask<(SavedBlob Saved, int PlainBytes)> SaveTreeAsync(List<Node> nodes, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> json = _buffers.TryTake(out ArrayBufferWriter<byte>? idle) ? idle : new ArrayBufferWriter<byte>(16 * 1024);
        TreeCodec.Write(nodes, json);
        SavedBlob saved = await session.SaveBlobAsync(BlobType.Tree, json.WrittenMemory, cancellationToken).ConfigureAwait(false);
        if (saved.IsNew)
        {
            sample?.Offer(new SampledBlob(new BlobHandle(BlobType.Tree, saved.Id), json.WrittenCount, null, 0));
            totals.CountBlob(isTree: true, json.WrittenCount, saved.StoredBytes);
            Interlocked.Add(ref counters.BytesStored, saved.StoredBytes);
        }

        int plainBytes = json.WrittenCount;
        json.ResetWrittenCount();
        _buffers.Add(json);
        return (saved, plainBytes);
    }
}
