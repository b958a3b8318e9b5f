using Sots.Restic;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Assets;

/// <content>
/// The form in a file is that of <see cref="AssetFactsCodec"/>: a table of texts, and packages that name all texts by their places in it. It
/// is written and read without a second copy of the texts: those of the table have their numbers, the others get theirs as they come.
/// </content>
internal sealed partial class FactsMemory
{
    /// <summary>Writes all that is known.</summary>
    public void WriteTo(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write7BitEncodedInt(checked(_texts.Count + CountOwnTexts()));
            for (int number = 0; number < _texts.Count; number++)
            {
                Write(writer, number, []);
            }

            for (int number = 0; number < _numbers.Count; number++)
            {
                WriteOwnTexts(writer, At(number));
            }

            writer.Write7BitEncodedInt(_numbers.Count);
            int next = _texts.Count;
            for (int number = 0; number < _numbers.Count; number++)
            {
                Write(writer, At(number), ref next);
            }
        }
    }

    /// <summary>Keeps all that is in a file.</summary>
    /// <exception cref="FormatException">A number is out of range.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    public void ReadFrom(BinaryReader reader)
    {
        CacheTexts texts = new(reader);
        int count = CacheFile.ReadBounded(reader, _maxEntries);
        lock (_gate)
        {
            for (int i = 0; i < count; i++)
            {
                Read(reader, texts);
            }
        }
    }

    private int CountOwnTexts()
    {
        int count = 0;
        for (int number = 0; number < _numbers.Count; number++)
        {
            PackedFacts packed = At(number);
            for (int i = 0; i < PackedFacts.Texts; i++)
            {
                count += packed.Text(out _).IsEmpty ? 0 : 1;
            }
        }

        return count;
    }

    private void WriteOwnTexts(BinaryWriter writer, PackedFacts packed)
    {
        for (int i = 0; i < PackedFacts.Texts; i++)
        {
            ReadOnlySpan<byte> tail = packed.Text(out int front);
            if (!tail.IsEmpty)
            {
                Write(writer, front, tail);
            }
        }
    }

    private void Write(BinaryWriter writer, int front, ReadOnlySpan<byte> tail)
    {
        const int OnStack = 512;
        int length = _texts.LengthOf(front);
        Span<byte> text = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        _texts.CopyTo(front, text[..length]);
        writer.Write7BitEncodedInt(checked(length + tail.Length));
        writer.Write(text[..length]);
        writer.Write(tail);
    }

    private static void Write(BinaryWriter writer, PackedFacts packed, ref int next)
    {
        writer.Write(packed.Content);
        writer.Write((byte)(packed.Fault is { } fault ? (int)fault + 1 : 0));
        writer.Write(packed.IsLevel);
        writer.Write7BitEncodedInt(packed.Version);
        for (int i = 0; i < PackedFacts.Texts; i++)
        {
            writer.Write7BitEncodedInt(packed.Text(out int number).IsEmpty ? number : next++);
        }

        for (int list = 0; list < PackedFacts.Lists; list++)
        {
            int length = packed.Number();
            writer.Write7BitEncodedInt(length);
            for (int i = 0; i < length; i++)
            {
                writer.Write7BitEncodedInt(packed.Number());
            }
        }
    }

    private void Read(BinaryReader reader, CacheTexts texts)
    {
        ContentId content = CacheFile.ReadId(reader);
        int fault = reader.ReadByte();
        bool isLevel = reader.ReadBoolean();
        _packer.Begin(content, PackedFacts.HeadOf(fault == 0 ? null : (PackageFault)(fault - 1), isLevel), reader.Read7BitEncodedInt());
        for (int i = 0; i < PackedFacts.Texts; i++)
        {
            _packer.Text(texts.Read(reader));
        }

        for (int list = 0; list < PackedFacts.Lists; list++)
        {
            int length = CacheFile.ReadBounded(reader, CacheFile.MaxList);
            _packer.List(length);
            for (int i = 0; i < length; i++)
            {
                _packer.Listed(texts.Read(reader));
            }
        }

        if (HasRoomFor(content))
        {
            Enter(content, _packer.End());
        }
    }
}
