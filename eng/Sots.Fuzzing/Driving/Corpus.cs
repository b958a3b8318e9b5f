namespace Sots.Fuzzing.Driving;

/// <summary>An input worth changing.</summary>
/// <param name="Bytes">The input.</param>
internal sealed record CorpusEntry(byte[] Bytes)
{
    /// <summary>How often it was the parent.</summary>
    public int Chosen { get; set; }

    /// <summary>For how many branches it is the shortest input known.</summary>
    public int ShortestFor { get; set; }
}

/// <summary>All inputs that showed something new, and which of them to change next.</summary>
/// <param name="random">All chance.</param>
internal sealed class Corpus(Random random)
{
    private readonly List<CorpusEntry> _entries = [];
    private readonly Dictionary<int, CorpusEntry> _shortest = [];

    /// <summary>Number of inputs.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds an input.</summary>
    /// <param name="input">The input; kept as it is.</param>
    /// <param name="hit">Cells of the map that it hit.</param>
    public void Add(byte[] input, IEnumerable<int> hit)
    {
        CorpusEntry entry = new(input);
        _entries.Add(entry);
        foreach (int cell in hit)
        {
            if (!_shortest.TryGetValue(cell, out CorpusEntry? shortest) || shortest.Bytes.Length > input.Length)
            {
                if (shortest is not null)
                {
                    shortest.ShortestFor--;
                }

                _shortest[cell] = entry;
                entry.ShortestFor++;
            }
        }
    }

    /// <summary>
    /// The next to change: of a few random ones the one that was chosen least for what it is worth, and now and then one of the newest, for
    /// that is where the frontier is.
    /// </summary>
    public CorpusEntry Choose()
    {
        CorpusEntry best = _entries[random.Next(4) == 0 ? _entries.Count - 1 - random.Next(Math.Min(_entries.Count, 16)) : random.Next(_entries.Count)];
        for (int i = 0; i < 3; i++)
        {
            CorpusEntry other = Any();
            if (Weariness(other) < Weariness(best))
            {
                best = other;
            }
        }

        best.Chosen++;
        return best;
    }

    /// <summary>Any input.</summary>
    public CorpusEntry Any() => _entries[random.Next(_entries.Count)];

    private static double Weariness(CorpusEntry entry) =>
        (entry.Chosen + 1.0) * (1 + (entry.Bytes.Length / 2048.0)) / (1 + (4 * Math.Min(entry.ShortestFor, 8)));
}
