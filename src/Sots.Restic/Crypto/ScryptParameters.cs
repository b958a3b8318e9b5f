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
    /// N = 32768, R = 8, P = 1: 8 MiB here, 32 elsewhere, and less than a tenth of a second. For passwords that nobody guesses: the cost is paid
    /// again at each opening.
    /// </summary>
    public static ScryptParameters Default { get; } = new(32768, 8, 1);

    /// <summary>
    /// N = 32768, R = 8, P = 4, for passwords that somebody thought of: more than the three rounds that OWASP's recommendations ask for at this N,
    /// where restic measures the machine and takes about five. Twice <see cref="Default"/>'s time on two processors, as two rounds are mixed at once.
    /// </summary>
    public static ScryptParameters Thorough { get; } = new(32768, 8, 4);

    /// <summary>A password of at least this many bytes is taken for a random one, such as those that are made here (43), or for a long sentence.</summary>
    private const int LongPassword = 40;

    /// <summary>The costs of a new key: each guess at a short password is to be dear, and a long random one is not guessed.</summary>
    public static ScryptParameters For(ReadOnlySpan<byte> passwordUtf8) => passwordUtf8.Length >= LongPassword ? Default : Thorough;

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
