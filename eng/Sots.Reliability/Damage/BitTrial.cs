using Sots.Restic.Backends;

namespace Sots.Reliability.Damage;

/// <summary>
/// Every bit of a small repository is flipped in turn. A full check finds each and names the file; what is read is right or refused; nothing
/// is lost that does not hang on the flipped file; and what the check says is lost is what is lost.
/// </summary>
internal sealed class BitTrial : Trial
{
    private const int RestoreEach = 1000;

    /// <inheritdoc/>
    public override string Name => "bits";

    /// <inheritdoc/>
    public override string About => "every bit of a small repository flipped: found, named, nothing silently wrong, nothing lost without need";

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        DamageScene scene = await DamageScene.MakeAsync(settings.Work, settings.Seed);
        List<(FileHandle File, int Bit)> bits = [.. scene.InOrder.SelectMany(file => Enumerable.Range(0, scene.Files[file].Length * 8).Select(bit => (file, bit)))];
        int count = settings.Count(bits.Count);
        new Random(settings.Seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bits));
        int done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(bits.Take(count), parallel, async (flip, _) =>
        {
            byte[] content = [.. scene.Files[flip.File]];
            content[flip.Bit / 8] ^= (byte)(1 << (flip.Bit % 8));
            string what = $"bit {flip.Bit} of {flip.File} flipped";
            using AlteredBackend backend = new(scene.Files, new Dictionary<FileHandle, byte[]?> { [flip.File] = content });
            Outcome outcome = await Outcome.OfAsync(scene, backend, what);
            DamageLaws.Found(outcome, flip.File, what);
            DamageLaws.TakesNothingElse(scene, outcome, flip.File, what);
            int number = Interlocked.Increment(ref done);
            if (number % RestoreEach == 1)
            {
                result.Add("restores to disk compared byte by byte", await DiskRestore.CompareAsync(scene, backend, Path.Combine(settings.Work, $"restore{number}"), what));
            }

            if (number % 20_000 == 0)
            {
                settings.Progress($"{number:N0} of {count:N0} bits");
            }

            result.Add("bits flipped, found and named");
            result.Add($"of them in {flip.File.Type} files");
        });
    }
}
