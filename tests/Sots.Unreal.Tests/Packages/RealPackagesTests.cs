using System.Collections.Concurrent;
using Sots.Testing;
using Sots.Testing.Unreal;
using Sots.Unreal.Changes;
using Sots.Unreal.Health;
using Sots.Unreal.Packages;
using Sots.Unreal.Tests.Health;

[assembly: AssemblyFixture(typeof(UnrealStates))]

namespace Sots.Unreal.Tests.Packages;

/// <summary>Packages that real engines saved.</summary>
public sealed class RealPackagesTests(UnrealStates states)
{
    public static bool HasFixtures => SharedMaterial.Root is not null && Directory.Exists(SharedMaterial.PathOf("data", "uasset-fixtures"));

    [Fact(Skip = SharedMaterial.Absent, SkipUnless = nameof(HasFixtures))]
    public void Every_fixture_is_read_to_the_byte_and_found_healthy() =>
        Assert.Equal(225, AllHealthy(SharedMaterial.PathOf("data", "uasset-fixtures")));

    [Fact]
    public void Every_package_of_a_real_project_is_read_to_the_byte_and_found_healthy()
    {
        Assert.SkipWhen(UnrealStates.Absence is not null, UnrealStates.Absence ?? "");
        Assert.Equal(7178, states.All.Sum(AllHealthy));
    }

    /// <summary>Not every actor has a root: what only holds data has none, and says nothing of its place.</summary>
    [Fact]
    public void The_places_of_most_actors_of_a_real_project_are_known_and_possible()
    {
        Assert.SkipWhen(UnrealStates.Absence is not null, UnrealStates.Absence ?? "");
        ConcurrentBag<(string Class, bool IsKnown)> actors = [];
        Parallel.ForEach(states.All.SelectMany(PackagesIn).Where(static path => UnrealLevels.PartOf(path.Replace('\\', '/')) is { IsActor: true }), path =>
        {
            byte[] file = File.ReadAllBytes(path);
            PackageHeader header = PackageReader.Read(file, file.Length);
            ActorPlace? place = ActorPlace.Find(header, file);
            actors.Add((header.AssetClass ?? "", place is not null));
            ActorVector at = place?.Location ?? default;
            Assert.True(Math.Abs(at.X) < 1e9 && Math.Abs(at.Y) < 1e9 && Math.Abs(at.Z) < 1e9, $"{path}: {place}");
        });
        string unknown = string.Join(", ", actors.Where(static actor => !actor.IsKnown).GroupBy(static actor => actor.Class).Select(static group => $"{group.Key} {group.Count()}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{actors.Count(static actor => actor.IsKnown)} of {actors.Count}; not {unknown}");
        Assert.True(actors.Count(static actor => actor.IsKnown) * 2 >= actors.Count, unknown);
    }

    private static int AllHealthy(string folder)
    {
        ConcurrentBag<string> faults = [];
        int read = 0;
        Parallel.ForEach(PackagesIn(folder), path =>
        {
            try
            {
                using FilePackageSource source = new(path);
                PackageHeader header = PackageReader.Read(source);
                PackageTrailer.Read(source, header.Summary);
                PackageHealth health = PackageExaminationTests.Examine(File.ReadAllBytes(path));
                if (health.Findings.Count > 0)
                {
                    faults.Add($"{path}: {string.Join(", ", health.Findings)}");
                }

                Assert.Equal(header.Summary.HasUE5(PackageGates.SavedHash), health.IsSignatureRight);
                Interlocked.Increment(ref read);
                if (header.AssetClass is null)
                {
                    faults.Add($"{path}: no class");
                }

                if (header.Sections[0].Start != 0 || header.Sections[^1].End != header.Summary.TotalHeaderSize)
                {
                    faults.Add($"{path}: does not tile");
                }
            }
            catch (PackageException e) when (e.Fault != PackageFault.LfsPointer)
            {
                faults.Add($"{path}: {e.Message}");
            }
        });
        Assert.Empty(faults.Order().Take(20));
        return read;
    }

    private static IEnumerable<string> PackagesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(static path => path.EndsWith(".uasset", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".umap", StringComparison.OrdinalIgnoreCase));
}
