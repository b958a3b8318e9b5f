using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sots.Restic.Crypto;

/// <summary>The fixed point r of Poly1305 and the powers of it that the vector version needs. Made once for a key.</summary>
internal struct Poly1305Key
{
    /// <summary>Powers kept: r to r⁴, one for each block that the widest vectors have in flight.</summary>
    internal const int Powers = 4;

    /// <summary>Limbs of 26 bits in a number below 2^130.</summary>
    internal const int Limbs = 5;

    /// <summary>Low and high half of r, clamped.</summary>
    internal ulong R0, R1;

    /// <summary>Limb j of r^(i+1) is at 5·i + j.</summary>
    internal PowerLimbs Table;

    /// <summary>Clamps the 16 bytes of <paramref name="r"/>: keys hold it unclamped, old ones may hold it clamped.</summary>
    internal static void Expand(ReadOnlySpan<byte> r, ref Poly1305Key destination)
    {
        destination.R0 = BinaryPrimitives.ReadUInt64LittleEndian(r) & 0x0FFFFFFC_0FFFFFFF;
        destination.R1 = BinaryPrimitives.ReadUInt64LittleEndian(r[8..]) & 0x0FFFFFFC_0FFFFFFC;

        Poly1305Sum power = new() { H0 = destination.R0, H1 = destination.R1 };
        for (int i = 0; i < Powers; i++)
        {
            power.Split(((Span<uint>)destination.Table).Slice(i * Limbs, Limbs));
            power.Multiply(destination.R0, destination.R1);
        }
    }

    /// <summary>Room for all limbs of all powers.</summary>
    [InlineArray(Powers * Limbs)]
    internal struct PowerLimbs
    {
        private uint _first;
    }
}
