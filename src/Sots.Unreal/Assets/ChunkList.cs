namespace Sots.Unreal.Assets;

/// <summary>A list that only grows. Nothing is copied when it does, and no smaller self is left behind. Not thread safe.</summary>
internal sealed class ChunkList<T>
    where T : unmanaged
{
    private const int ChunkBits = 10, ChunkLength = 1 << ChunkBits;

    private readonly List<T[]> _chunks = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The one of a number, from 0 on.</summary>
    public ref readonly T this[int number] => ref _chunks[number >> ChunkBits][number & (ChunkLength - 1)];

    /// <summary>Adds one at the end.</summary>
    public void Add(T item)
    {
        if ((Count & (ChunkLength - 1)) == 0)
        {
            _chunks.Add(new T[ChunkLength]);
        }

        _chunks[^1][Count & (ChunkLength - 1)] = item;
        Count++;
    }
}
