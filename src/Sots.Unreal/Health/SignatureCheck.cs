using Sots.Unreal.Hashing;

namespace Sots.Unreal.Health;

/// <summary>
/// Compares a package with the hash that the editor of 5.6 and later writes into it: BLAKE3 of everything before the payloads, with the
/// hash itself as zeros. Source: docs/UNREAL-PACKAGES.md, "Checks".
/// </summary>
/// <param name="expected">The hash in the package, 20 bytes.</param>
/// <param name="length">How many bytes it covers.</param>
internal sealed class SignatureCheck(ReadOnlyMemory<byte> expected, long length)
{
    private const int Offset = 24;

    private readonly Blake3Hash _hash = Blake3Hash.Rent();

    /// <summary>Adds the bytes at an offset, which follow those before.</summary>
    public void Append(ReadOnlySpan<byte> bytes, long offset)
    {
        bytes = bytes[..(int)Math.Clamp(length - offset, 0, bytes.Length)];
        if (offset == 0)
        {
            int before = Math.Min(Offset, bytes.Length), behind = Math.Min(Offset + expected.Length, bytes.Length);
            Span<byte> zeros = stackalloc byte[behind - before];
            zeros.Clear();
            _hash.Append(bytes[..before]);
            _hash.Append(zeros);
            bytes = bytes[behind..];
        }

        _hash.Append(bytes);
    }

    /// <summary>Whether the hash is right; adds a finding where not. Called once, and nothing after it.</summary>
    public bool Finish(List<PackageFinding> findings)
    {
        Span<byte> found = stackalloc byte[Blake3Hash.Length];
        _hash.Finish(found);
        Blake3Hash.Return(_hash);
        if (found.StartsWith(expected.Span))
        {
            return true;
        }

        findings.Add(new PackageFinding(
            PackageCause.Hash,
            $"its bytes were changed after the editor saved it: their hash begins with {Convert.ToHexStringLower(found[..4])}, the package says {Convert.ToHexStringLower(expected.Span[..4])}"));
        return false;
    }
}
