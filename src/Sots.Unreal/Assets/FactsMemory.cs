using Sots.Restic;

namespace Sots.Unreal.Assets;

/// <summary>
/// Facts of packages, packed: the names that each has alone, and numbers for those that others have too. The collector of garbage meets a few
/// arrays here, not a dozen objects for each package. Thread safe.
/// </summary>
internal sealed partial class FactsMemory
{
    private readonly Lock _gate = new();
    private readonly int _maxEntries;
    private readonly ByteArena _bytes = new();
    private readonly HashedNumbers _numbers = new();
    private readonly ChunkList<long> _places = new();
    private readonly TextTable _texts;
    private readonly FactsPacker _packer;

    /// <param name="maxEntries">Contents that are kept at most; the facts of further ones are dropped.</param>
    public FactsMemory(int maxEntries)
    {
        _maxEntries = maxEntries;
        _texts = new TextTable(_bytes);
        _packer = new FactsPacker(_bytes, _texts);
    }

    /// <summary>How many contents are known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _numbers.Count;
            }
        }
    }

    /// <summary>Whether the facts of a content are known.</summary>
    public bool Knows(ContentId content)
    {
        lock (_gate)
        {
            return NumberOf(content) >= 0;
        }
    }

    /// <summary>The facts of a content, or null.</summary>
    public AssetFacts? Find(ContentId content)
    {
        lock (_gate)
        {
            return NumberOf(content) is >= 0 and int number ? Unpack(At(number)) : null;
        }
    }

    /// <summary>Keeps the facts of a content, where there is room and none of it yet.</summary>
    public void Add(ContentId content, AssetFacts facts)
    {
        lock (_gate)
        {
            if (HasRoomFor(content))
            {
                Enter(content, _packer.Pack(content, facts));
            }
        }
    }

    /// <summary>Keeps all that another one knows.</summary>
    public void AddAll(FactsMemory other)
    {
        int count = other.Count;
        for (int number = 0; number < count; number++)
        {
            // One lock after the other: two that learn from each other do not wait for each other.
            (ContentId content, AssetFacts facts) = other.Numbered(number);
            Add(content, facts);
        }
    }

    private (ContentId Content, AssetFacts Facts) Numbered(int number)
    {
        lock (_gate)
        {
            PackedFacts packed = At(number);
            return (new ContentId(packed.Content), Unpack(packed));
        }
    }

    private PackedFacts At(int number) => new(_bytes.From(_places[number]));

    private int NumberOf(ContentId content)
    {
        foreach (int number in _numbers.Of(content.GetHashCode()))
        {
            if (At(number).Content.SequenceEqual(content.Bytes))
            {
                return number;
            }
        }

        return -1;
    }

    private bool HasRoomFor(ContentId content) => _numbers.Count < _maxEntries && NumberOf(content) < 0;

    private void Enter(ContentId content, long place)
    {
        _places.Add(place);
        _numbers.Add(content.GetHashCode());
    }

    private AssetFacts Unpack(PackedFacts packed) => new()
    {
        Fault = packed.Fault, IsLevel = packed.IsLevel, Version = packed.Version, FaultMessage = Text(ref packed), PackageName = Text(ref packed),
        Class = Text(ref packed), Label = Text(ref packed), ObjectPath = Text(ref packed), Engine = Text(ref packed), ImportData = Text(ref packed),
        HardDependencies = List(ref packed), SoftDependencies = List(ref packed),
    };

    private string Text(ref PackedFacts packed)
    {
        ReadOnlySpan<byte> tail = packed.Text(out int front);
        return tail.IsEmpty ? _texts.TextOf(front) : _texts.TextOf(front, tail);
    }

    private string[] List(ref PackedFacts packed)
    {
        int length = packed.Number();
        if (length == 0)
        {
            return [];
        }

        string[] list = new string[length];
        for (int i = 0; i < length; i++)
        {
            list[i] = _texts.TextOf(packed.Number());
        }

        return list;
    }
}
