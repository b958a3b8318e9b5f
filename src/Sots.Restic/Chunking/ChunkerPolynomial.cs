namespace Sots.Restic.Chunking;

/// <summary>A polynomial over GF(2): bit i is the coefficient of x^i.</summary>
/// <param name="Value">The coefficients.</param>
public readonly partial record struct ChunkerPolynomial(ulong Value);
