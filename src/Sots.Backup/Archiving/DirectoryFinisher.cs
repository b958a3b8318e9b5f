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
    /// <summary>A node's JSON takes so much, its name and a blob or two included: a large tree is written without growing step by step.</summary>
    private const int UsualNodeLength = 512;

    /// <summary>Longer buffers, of folders of tens of thousands of entries, are not kept.</summary>
    private const int LargestKept = 4 << 20;

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
            if (Encode(current) is not { } json)
            {
                return;
            }

            (SavedBlob saved, int plainBytes) = await SaveTreeAsync(json, cancellationToken).ConfigureAwait(false);
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

    /// <summary>The tree of a directory; null for a root without entries. The nodes are garbage afterwards, which for an enormous folder matters.</summary>
    private ArrayBufferWriter<byte>? Encode(DirectoryBuild directory)
    {
        List<Node> nodes = directory.TakeNodes();
        if (directory.Above is null && nodes.Count == 0)
        {
            return null;
        }

        int usualLength = (int)Math.Min(TreeCodec.MaxLength, Math.Max(16 * 1024L, nodes.Count * (long)UsualNodeLength));
        ArrayBufferWriter<byte> json = _buffers.TryTake(out ArrayBufferWriter<byte>? idle) && idle.Capacity >= usualLength
            ? idle
            : new ArrayBufferWriter<byte>(usualLength);
        TreeCodec.Write(nodes, json);
        return json;
    }

    private async ValueTask<(SavedBlob Saved, int PlainBytes)> SaveTreeAsync(ArrayBufferWriter<byte> json, CancellationToken cancellationToken)
    {
        SavedBlob saved = await session.SaveBlobAsync(BlobType.Tree, json.WrittenMemory, cancellationToken).ConfigureAwait(false);
        if (saved.IsNew)
        {
            sample?.Offer(new SampledBlob(new BlobHandle(BlobType.Tree, saved.Id), json.WrittenCount, null, 0));
            totals.CountBlob(isTree: true, json.WrittenCount, saved.StoredBytes);
            Interlocked.Add(ref counters.BytesStored, saved.StoredBytes);
        }

        int plainBytes = json.WrittenCount;
        if (json.Capacity <= LargestKept)
        {
            json.ResetWrittenCount();
            _buffers.Add(json);
        }

        return (saved, plainBytes);
    }
}
