using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sots.Restic.Crypto;

/// <summary>scrypt (RFC 7914): makes a key out of a password so that guessing takes much memory and time.</summary>
internal static class Scrypt
{
    private const int HashLength = 32;

    /// <summary>Fills <paramref name="destination"/> with key bytes. The rounds run on threads of their own as far as memory goes.</summary>
    /// <param name="password">The password's bytes, any number.</param>
    /// <param name="salt">The salt, any number of bytes.</param>
    /// <param name="n">Cost; see <see cref="ScryptParameters"/>.</param>
    /// <param name="r">Block size.</param>
    /// <param name="p">Rounds.</param>
    /// <param name="destination">Receives the key.</param>
    /// <param name="cancellationToken">Looked at every fraction of a millisecond with usual costs.</param>
    /// <exception cref="RepositoryException">The costs are not within the limits, or the memory is not there.</exception>
    /// <exception cref="OperationCanceledException">The token asked for it; everything is zeroed.</exception>
    internal static void DeriveKey(
        ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int n, int r, int p, Span<byte> destination, CancellationToken cancellationToken)
    {
        new ScryptParameters(n, r, p).Check("The key derivation");
        cancellationToken.ThrowIfCancellationRequested();
        byte[] blocks = GC.AllocateUninitializedArray<byte>(128 * r * p, pinned: true);
        try
        {
            Pbkdf2(password, salt, blocks);
            MixAll(blocks, n, r, p, cancellationToken);
            Pbkdf2(password, blocks, destination);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(blocks);
        }
    }

    /// <summary>
    /// PBKDF2 (RFC 8018) with HMAC-SHA-256 and one iteration, on the plain HMAC: the platform's own PBKDF2 does not work everywhere.
    /// </summary>
    internal static void Pbkdf2(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> destination)
    {
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, password);
        Span<byte> number = stackalloc byte[4];
        Span<byte> hash = stackalloc byte[HashLength];
        for (int i = 1; !destination.IsEmpty; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, i);
            hmac.AppendData(salt);
            hmac.AppendData(number);
            hmac.GetHashAndReset(hash);
            int length = Math.Min(HashLength, destination.Length);
            hash[..length].CopyTo(destination);
            destination = destination[length..];
        }

        CryptographicOperations.ZeroMemory(hash);
    }

    /// <summary>Rounds are mixed in twos, which takes little longer than one, and as many twos at once as there are lanes for.</summary>
    private static void MixAll(byte[] blocks, int n, int r, int p, CancellationToken cancellationToken)
    {
        List<ScryptLane> lanes = AllocateLanes(n, r, p);
        try
        {
            int width = Math.Min(2, lanes.Count);
            int next = -width;
            Span<byte> BlockOf(int round) => blocks.AsSpan(round * 128 * r, 128 * r);
            void Work(int worker)
            {
                ScryptLane first = lanes[worker * width];
                for (int i = Interlocked.Add(ref next, width); i < p; i = Interlocked.Add(ref next, width))
                {
                    if (width == 2 && i + 1 < p)
                    {
                        ScryptLane.MixTwo(first, lanes[(worker * width) + 1], BlockOf(i), BlockOf(i + 1), cancellationToken);
                    }
                    else
                    {
                        first.Mix(BlockOf(i), cancellationToken);
                    }
                }
            }

            int workers = lanes.Count / width;
            if (workers == 1)
            {
                Work(0);
            }
            else
            {
                Parallel.For(0, workers, new ParallelOptions { CancellationToken = cancellationToken }, Work);
            }
        }
        finally
        {
            lanes.ForEach(lane => lane.Dispose());
        }
    }

    /// <summary>Two lanes for each processor, as far as there are rounds and memory; one is a must.</summary>
    private static List<ScryptLane> AllocateLanes(int n, int r, int p)
    {
        long affordable = ScryptParameters.MaxMemoryBytes / (128L * n * r);
        long wanted = Math.Min(Math.Min(p == 1 ? 1 : p + (p % 2), 2L * Environment.ProcessorCount), affordable);
        List<ScryptLane> lanes = [];
        try
        {
            do
            {
                lanes.Add(new ScryptLane(n, r));
            }
            while (lanes.Count < wanted);
        }
        catch (OutOfMemoryException) when (lanes.Count > 0)
        {
        }
        catch (OutOfMemoryException exception)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded,
                $"The key derivation needs {128L * n * r} bytes of memory, and they are not there.",
                "Close other programs and try again.",
                exception);
        }

        return lanes;
    }
}
