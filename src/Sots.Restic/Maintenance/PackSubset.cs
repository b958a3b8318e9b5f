using System.Runtime.InteropServices;
using Sots.Restic.Backends;

namespace Sots.Restic.Maintenance;

/// <summary>Chooses the packs whose content a check reads. The choosers may be used once or many times; random ones choose anew each time.</summary>
public sealed class PackSubset
{
    private readonly Func<List<StoredFile>, List<StoredFile>> _choose;

    private PackSubset(Func<List<StoredFile>, List<StoredFile>> choose) => _choose = choose;

    /// <summary>No pack: only the structure is checked.</summary>
    public static PackSubset None { get; } = new(static _ => []);

    /// <summary>Every pack.</summary>
    public static PackSubset All { get; } = new(static packs => packs);

    /// <summary>
    /// The packs whose first id byte modulo <paramref name="of"/> is <paramref name="part"/> - 1: all parts together are all packs.
    /// </summary>
    /// <param name="part">From 1 to <paramref name="of"/>.</param>
    /// <param name="of">From 1 to 256.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static PackSubset Part(int part, int of)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(of, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(of, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(part, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, of);
        return new(packs => packs.FindAll(pack => pack.Name.FirstByte % of == part - 1));
    }

    /// <summary>A random share of the packs by their number, rounded to the nearest, at least one.</summary>
    /// <param name="percentage">Above 0, at most 100.</param>
    /// <param name="random">Makes the choice.</param>
    /// <exception cref="ArgumentOutOfRangeException">The percentage is out of its range.</exception>
    public static PackSubset Percentage(double percentage, Random random)
    {
        if (!(percentage is > 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percentage), percentage, "A percentage is above 0 and at most 100.");
        }

        return new(packs =>
        {
            int count = Math.Max(1, (int)Math.Round(packs.Count * (percentage / 100), MidpointRounding.AwayFromZero));
            return [.. Shuffled(packs, random).Take(count)];
        });
    }

    /// <summary>Random packs that together have at most a number of bytes; at least one, however long it is.</summary>
    /// <param name="bytes">Above 0.</param>
    /// <param name="random">Makes the choice.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not above 0.</exception>
    public static PackSubset Size(long bytes, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        return new(packs =>
        {
            List<StoredFile> chosen = [];
            long left = bytes;
            foreach (StoredFile pack in Shuffled(packs, random))
            {
                if (pack.Length <= left || chosen.Count == 0)
                {
                    chosen.Add(pack);
                    left -= pack.Length;
                }
            }

            return chosen;
        });
    }

    /// <summary>Chooses.</summary>
    /// <param name="packs">All packs there are; left as they are.</param>
    public IReadOnlyList<StoredFile> Choose(IReadOnlyList<StoredFile> packs) => _choose([.. packs]);

    private static List<StoredFile> Shuffled(List<StoredFile> packs, Random random)
    {
        // A listing's order is arbitrary; a seeded choice is to be the same for the same packs.
        packs.Sort((a, b) => a.Name.CompareTo(b.Name));
        random.Shuffle(CollectionsMarshal.AsSpan(packs));
        return packs;
    }
}
