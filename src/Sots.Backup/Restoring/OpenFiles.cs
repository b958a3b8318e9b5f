namespace Sots.Backup.Restoring;

/// <summary>Keeps a limited number of files open between their blobs, those used last. Thread safe.</summary>
internal sealed class OpenFiles
{
    private const int MaxOpen = 64;

    private readonly Lock _gate = new();
    private readonly LinkedList<FileRestore> _recent = [];

    /// <summary>A file was written to and waits for more blobs. Called before its blob is counted as done.</summary>
    public void Keep(FileRestore file)
    {
        lock (_gate)
        {
            if (_recent.Last?.Value == file)
            {
                return;
            }

            _recent.Remove(file);
            _recent.AddLast(file);
            for (LinkedListNode<FileRestore>? node = _recent.First; node is not null && _recent.Count > MaxOpen;)
            {
                LinkedListNode<FileRestore>? next = node.Next;
                if (node.Value.TryClose())
                {
                    _recent.Remove(node);
                }

                node = next;
            }
        }
    }

    /// <summary>A file is finished.</summary>
    public void Forget(FileRestore file)
    {
        lock (_gate)
        {
            _recent.Remove(file);
        }
    }
}
