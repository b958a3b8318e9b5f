namespace Sots.Unreal.Assets;

/// <summary>The texts of a cache's file as <see cref="CacheStrings"/> wrote them, left where they lie: 4 bytes of memory a text. Not thread safe.</summary>
internal sealed class CacheTexts
{
    private readonly int[] _places;
    private byte[] _utf8 = [];

    /// <summary>Steps over the texts.</summary>
    /// <param name="reader">Stands before them, in a stream that can seek.</param>
    /// <exception cref="FormatException">There are too many, or one is longer than the file.</exception>
    public CacheTexts(BinaryReader reader)
    {
        Stream stream = reader.BaseStream;
        _places = new int[CacheFile.ReadBounded(reader, CacheFile.MaxTexts)];
        for (int i = 0; i < _places.Length; i++)
        {
            _places[i] = (int)stream.Position;
            int length = CacheFile.ReadBounded(reader, (int)stream.Length);
            stream.Seek(length, SeekOrigin.Current);
        }
    }

    /// <summary>The text of a number that is read, in UTF-8; valid until the next one is read.</summary>
    /// <exception cref="FormatException">There is none of that number.</exception>
    public ReadOnlySpan<byte> Read(BinaryReader reader)
    {
        int place = _places[CacheFile.ReadBounded(reader, _places.Length - 1)];
        Stream stream = reader.BaseStream;
        long behind = stream.Position;
        stream.Position = place;
        int length = reader.Read7BitEncodedInt();
        if (_utf8.Length < length)
        {
            _utf8 = new byte[length];
        }

        stream.ReadExactly(_utf8, 0, length);
        stream.Position = behind;
        return _utf8.AsSpan(0, length);
    }
}
