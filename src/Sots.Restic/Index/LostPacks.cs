using Sots.Restic.Backends;

namespace Sots.Restic.Index;

/// <summary>A pack that the index names and that is not there, or not whole.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="ExpectedBytes">The length it must have by the index.</param>
/// <param name="FoundBytes">The length it has; null where it is not there.</param>
public sealed record LostPack(PackId Pack, long ExpectedBytes, long? FoundBytes)
{
    /// <summary>A sentence without its end.</summary>
    public override string ToString() => FoundBytes is { } found
        ? $"{FileHandle.Of(Pack)} has {found} bytes, by the index it must have {ExpectedBytes}"
        : $"{FileHandle.Of(Pack)} is not there";
}

/// <summary>
/// Compares the index with a listing of the packs, which costs no reading: a backup must not take for stored what lies in a pack that is
/// gone or cut off.
/// </summary>
internal static class LostPacks
{
    /// <summary>The packs that are not there as they must be, by their names.</summary>
    /// <exception cref="RepositoryException">The listing failed.</exception>
    public static async Task<IReadOnlyList<LostPack>> FindAsync(OpenRepository repository, MasterIndex index, CancellationToken cancellationToken)
    {
        long[] expected = index.PackLengths();
        long?[] found = new long?[expected.Length];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Pack, cancellationToken).ConfigureAwait(false))
        {
            int number = index.NumberOf(new PackId(file.Name));
            if (number >= 0)
            {
                found[number] = file.Length;
            }
        }

        return
        [
            .. Enumerable.Range(0, expected.Length).Where(pack => found[pack] != expected[pack])
                .Select(pack => new LostPack(index.PackOf(pack), expected[pack], found[pack])).OrderBy(lost => lost.Pack),
        ];
    }

    /// <summary>The index without them.</summary>
    public static MasterIndex Without(MasterIndex index, IReadOnlyList<LostPack> lost)
    {
        if (lost.Count == 0)
        {
            return index;
        }

        HashSet<PackId> packs = [.. lost.Select(pack => pack.Pack)];
        return index.Where((pack, _) => !packs.Contains(pack));
    }
}
