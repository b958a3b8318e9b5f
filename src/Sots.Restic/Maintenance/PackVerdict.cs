namespace Sots.Restic.Maintenance;

/// <summary>What one reading of a pack showed. Not thread safe.</summary>
internal sealed class PackVerdict
{
    /// <summary>Faults that are kept in words; the others are counted.</summary>
    private const int MaxWords = 8;

    private readonly List<string> _words = [];

    /// <summary>Number of faults.</summary>
    public int Faults { get; private set; }

    /// <summary>SHA-256 of the bytes read; zero where not all could be read.</summary>
    public ContentId Hash { get; set; }

    /// <summary>Blobs, as header or index have them, that this reading did not give.</summary>
    public List<Packs.PackedBlob> Lost { get; } = [];

    /// <summary>The storage refused to hand the bytes out.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>Adds a fault.</summary>
    public void Add(string fault)
    {
        if (++Faults <= MaxWords)
        {
            _words.Add(fault);
        }
    }

    /// <summary>All faults in one line.</summary>
    public override string ToString() => string.Join("; ", _words) + (Faults > MaxWords ? $"; and {Faults - MaxWords} more" : "");
}
