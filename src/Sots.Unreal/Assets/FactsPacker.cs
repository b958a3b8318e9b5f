using System.Buffers;
using System.Text;
using Sots.Restic;

namespace Sots.Unreal.Assets;

/// <summary>Packs the facts of one package after the other, in the order in which <see cref="PackedFacts"/> reads them. Not thread safe.</summary>
/// <param name="bytes">Where they are kept.</param>
/// <param name="texts">Texts that packages share.</param>
internal sealed class FactsPacker(ByteArena bytes, TextTable texts)
{
    private const int UsualLength = 4096;

    private readonly byte[] _utf8 = new byte[UsualLength];
    private ArrayBufferWriter<byte> _packed = new(UsualLength);
    private int _text;

    /// <summary>Which of the texts hardly two packages share, at least not their last part: name, label, path and where it was imported from.</summary>
    private static ReadOnlySpan<bool> IsOwn => [false, true, false, true, true, false, true];

    /// <summary>Begins a package.</summary>
    /// <param name="content">Its content.</param>
    /// <param name="head">See <see cref="PackedFacts.HeadOf"/>.</param>
    /// <param name="version">Version of its format.</param>
    public void Begin(ContentId content, int head, int version)
    {
        // Large ones are rare: their room is not kept for the others.
        if (_packed.Capacity > UsualLength)
        {
            _packed = new ArrayBufferWriter<byte>(UsualLength);
        }

        _text = 0;
        _packed.ResetWrittenCount();
        _packed.Write(content.Bytes);
        Number(head);
        Number(version);
    }

    /// <summary>Adds the next text.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        int own = IsOwn[_text++] ? TextTable.LastPartOf(utf8) : utf8.Length;
        Number(texts.NumberOf(utf8[..own]));
        Number(utf8.Length - own);
        _packed.Write(utf8[own..]);
    }

    /// <summary>Begins the next list, of so many texts.</summary>
    public void List(int length) => Number(length);

    /// <summary>Adds a text to the list.</summary>
    public void Listed(ReadOnlySpan<byte> utf8) => Number(texts.NumberOf(utf8));

    /// <summary>Packs facts.</summary>
    /// <returns>Their place.</returns>
    public long Pack(ContentId content, AssetFacts facts)
    {
        Begin(content, PackedFacts.HeadOf(facts.Fault, facts.IsLevel), facts.Version);
        foreach (string text in AssetFactsCodec.TextsOf(facts))
        {
            Text(Utf8(text));
        }

        List(facts.HardDependencies);
        List(facts.SoftDependencies);
        return End();
    }

    /// <summary>Ends the package.</summary>
    /// <returns>Its place.</returns>
    public long End() => bytes.Append(_packed.WrittenSpan);

    private void List(IReadOnlyList<string> list)
    {
        List(list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            Listed(Utf8(list[i]));
        }
    }

    /// <summary>
    /// A text in UTF-8, until the next one is asked for. Half a pair of surrogates becomes the replacement character, as in a file; the reader of
    /// packages makes no such texts.
    /// </summary>
    private ReadOnlySpan<byte> Utf8(string text) =>
        Encoding.UTF8.TryGetBytes(text, _utf8, out int length) ? _utf8.AsSpan(0, length) : Encoding.UTF8.GetBytes(text);

    private void Number(int value) => Varint.Write(_packed, value);
}
