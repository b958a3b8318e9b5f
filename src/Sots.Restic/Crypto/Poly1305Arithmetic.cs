using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sots.Restic.Crypto;

/// <summary>What <see cref="Poly1305Lanes{TVector, TArithmetic}"/> asks of a vector of 64-bit lanes. One implementation for each width.</summary>
internal interface IPoly1305Arithmetic<TVector>
    where TVector : struct
{
    /// <summary>Lanes of a vector, and blocks in flight.</summary>
    static abstract int Lanes { get; }

    static abstract TVector Fill(ulong value);

    static abstract TVector Load(ref ulong words, nuint offset);

    /// <summary>The even words of two vectors, taken in turns from 128 bits of each.</summary>
    static abstract TVector UnpackLow(TVector first, TVector second);

    /// <summary>The odd words of two vectors, in the same order.</summary>
    static abstract TVector UnpackHigh(TVector first, TVector second);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector And(TVector left, TVector right);

    static abstract TVector Or(TVector left, TVector right);

    static abstract TVector ShiftLeft(TVector value, int bits);

    static abstract TVector ShiftRight(TVector value, int bits);

    /// <summary>Products of the low 32 bits of each lane.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    static abstract ulong Sum(TVector value);
}

/// <summary>Two lanes: every x86-64 has them.</summary>
internal readonly struct Sse2Arithmetic : IPoly1305Arithmetic<Vector128<ulong>>
{
    public static int Lanes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Fill(ulong value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Load(ref ulong words, nuint offset) => Vector128.LoadUnsafe(ref words, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> UnpackLow(Vector128<ulong> first, Vector128<ulong> second) => Sse2.UnpackLow(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> UnpackHigh(Vector128<ulong> first, Vector128<ulong> second) => Sse2.UnpackHigh(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Add(Vector128<ulong> left, Vector128<ulong> right) => unchecked(left + right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> And(Vector128<ulong> left, Vector128<ulong> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Or(Vector128<ulong> left, Vector128<ulong> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> ShiftLeft(Vector128<ulong> value, int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> ShiftRight(Vector128<ulong> value, int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Multiply(Vector128<ulong> left, Vector128<ulong> right) => Sse2.Multiply(left.AsUInt32(), right.AsUInt32());

    public static ulong Sum(Vector128<ulong> value) => Vector128.Sum(value);
}

/// <summary>Four lanes. Eight, of AVX-512, were measured and are no faster.</summary>
internal readonly struct Avx2Arithmetic : IPoly1305Arithmetic<Vector256<ulong>>
{
    public static int Lanes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Fill(ulong value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Load(ref ulong words, nuint offset) => Vector256.LoadUnsafe(ref words, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> UnpackLow(Vector256<ulong> first, Vector256<ulong> second) => Avx2.UnpackLow(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> UnpackHigh(Vector256<ulong> first, Vector256<ulong> second) => Avx2.UnpackHigh(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Add(Vector256<ulong> left, Vector256<ulong> right) => unchecked(left + right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> And(Vector256<ulong> left, Vector256<ulong> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Or(Vector256<ulong> left, Vector256<ulong> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftLeft(Vector256<ulong> value, int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftRight(Vector256<ulong> value, int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Multiply(Vector256<ulong> left, Vector256<ulong> right) => Avx2.Multiply(left.AsUInt32(), right.AsUInt32());

    public static ulong Sum(Vector256<ulong> value) => Vector256.Sum(value);
}
