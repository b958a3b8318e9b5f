namespace Sots.Restic.Crypto;

/// <summary>The costs of scrypt (RFC 7914), the function that makes a key out of a password.</summary>
/// <param name="N">Cost in time and memory: a power of two from 2 to 2^20.</param>
/// <param name="R">Block size, 1 or more; <c>128·N·R</c> is at most 256 MiB, a quarter of which is used (<see cref="ScryptLane"/>).</param>
/// <param name="P">Independent rounds, 1 to 16.</param>
public sealed record ScryptParameters(int N, int R, int P)
{
    /// <summary>Largest N that is accepted: 2^20.</summary>
    public const int MaxN = 1 << 20;

    /// <summary>Largest P that is accepted: 16.</summary>
    public const int MaxP = 16;

    /// <summary>Largest <c>128·N·R</c> in bytes that is accepted, the memory of one round where all of its table is kept: 256 MiB.</summary>
    public const long MaxMemoryBytes = 256L << 20;

    /// <summary>Largest <c>128·R·P</c> in bytes that is accepted, the block between the two halves of the function: 16 MiB.</summary>
    public const long MaxBlockBytes = 16L << 20;

    /// <summary>
    /// N = 32768, R = 8, P = 1: 8 MiB here, 32 elsewhere, and about a tenth of a second. P is fixed and small, where restic measures the machine and picks
    /// more, because the cost is paid again at each opening; memory, which N and R set, is what makes guessing dear.
    /// </summary>
    public static ScryptParameters Default { get; } = new(32768, 8, 1);

    /// <summary>Bytes that are gone through, which says how long it takes: 128·N·R·P. Within the limits at most 4 GiB.</summary>
    internal long WorkBytes => 128L * N * R * P;

    /// <summary>
    /// Throws unless the numbers are within the limits: they come from a file anybody may have written, and memory is allocated by them.
    /// </summary>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.Damaged"/> if scrypt does not know such numbers, <see cref="RepositoryErrorKind.LimitExceeded"/> if
    /// it does and they are too large.
    /// </exception>
    internal void Check(string what)
    {
        if (N < 2 || !int.IsPow2(N) || R < 1 || P < 1)
        {
            throw RepositoryException.Damage(
                what,
                $"scrypt needs N a power of two from 2, r and p from 1, and it has N={N}, r={R}, p={P}");
        }

        // The factors come from a file: each product is formed only after its other factor has been found small.
        if (N > MaxN || P > MaxP || 128L * N * R > MaxMemoryBytes || 128L * R * P > MaxBlockBytes)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded,
                $"{what} asks for scrypt with N={N}, r={R}, p={P}; the limits are N {MaxN}, p {MaxP}, 128·N·r {MaxMemoryBytes} and 128·r·p {MaxBlockBytes} bytes.",
                "If the key is genuine, add one with usual costs with a program that opens it.");
        }
    }
}
