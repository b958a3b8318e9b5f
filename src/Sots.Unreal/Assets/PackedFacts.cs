using Sots.Restic;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Assets;

/// <summary>
/// Reads the facts of one package as <see cref="FactsPacker"/> packs them: the id of the content, fault and kind, the version, seven texts, and
/// two lists of texts, each behind its length. Texts and lists are read in their order, the one of <see cref="AssetFactsCodec"/>.
/// </summary>
internal ref struct PackedFacts
{
    /// <summary>Texts and lists of each package.</summary>
    public const int Texts = 7, Lists = 2;

    private ReadOnlySpan<byte> _rest;

    /// <param name="bytes">Begin with those of the package; others may follow.</param>
    public PackedFacts(ReadOnlySpan<byte> bytes)
    {
        Content = bytes[..ContentId.Length];
        _rest = bytes[ContentId.Length..];
        int head = Number();
        IsLevel = (head & 1) != 0;
        Fault = head < 2 ? null : (PackageFault)((head >> 1) - 1);
        Version = Number();
    }

    /// <summary>Of what content they are.</summary>
    public ReadOnlySpan<byte> Content { get; }

    /// <inheritdoc cref="AssetFacts.Fault"/>
    public PackageFault? Fault { get; }

    /// <inheritdoc cref="AssetFacts.IsLevel"/>
    public bool IsLevel { get; }

    /// <inheritdoc cref="AssetFacts.Version"/>
    public int Version { get; }

    /// <summary>Fault and kind in one number.</summary>
    public static int HeadOf(PackageFault? fault, bool isLevel) => ((fault is { } known ? (int)known + 1 : 0) << 1) | (isLevel ? 1 : 0);

    /// <summary>The next text: what stands before its last part, as a number, and the last part; without one, the number is that of all of it.</summary>
    public ReadOnlySpan<byte> Text(out int front)
    {
        front = Number();
        int length = Number();
        ReadOnlySpan<byte> tail = _rest[..length];
        _rest = _rest[length..];
        return tail;
    }

    /// <summary>The length of the next list, or the number of the next text in it.</summary>
    public int Number() => Varint.Read(ref _rest);
}
