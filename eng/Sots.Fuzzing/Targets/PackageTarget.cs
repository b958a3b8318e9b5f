using Sots.Testing.Unreal;
using Sots.Unreal.Changes;
using Sots.Unreal.Health;
using Sots.Unreal.Packages;

namespace Sots.Fuzzing.Targets;

/// <summary>Packages of Unreal: the header, the trailer, and the examination of the whole file.</summary>
internal sealed class PackageTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "package";

    /// <inheritdoc/>
    public override string About => "Unreal packages: sections tile the header, everything named lies inside, an examination does not depend on the pieces it gets";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        .. new[] { (482, 0), (516, 0), (522, 0), (522, 1002), (522, 1009), (522, 1018) }.Select(static version => Lamp(version.Item1, version.Item2).Write()),
        new PackageWriter().Write(),
        .. new[] { 1004, 1011, 1018 }.Select(static version => ActorPackage.Write("Maps/A", "A", "Tree", new ActorPlace(new ActorVector(1, 2, 3), null, new ActorVector(2, 2, 2)), version)),
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"u8.ToArray(),
        new byte[40],
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words =>
        [[0xC1, 0x83, 0x2A, 0x9E], [0x9E, 0x2A, 0x83, 0xC1], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80], [0xF8, 0xFF, 0xFF, 0xFF], [0x0A, 2, 0, 0], [0xFA, 3, 0, 0], .. Utf8("None\0", "/Script/Engine", "ActorLabel", "version https://git-lfs")];

    /// <inheritdoc/>
    public override long AllocationLimit(int inputLength) => (2 << 20) + (2048L * inputLength);

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        byte[] file = input.ToArray();
        PackageHealth whole = Examine(file, Math.Max(1, file.Length));
        Law.Holds(whole.Findings.SequenceEqual(Examine(file, 1 + (file.Length / 7)).Findings), "an examination does not depend on the pieces it gets");

        PackageHeader header;
        try
        {
            using MemoryPackageSource source = new(file);
            header = PackageReader.Read(source);
            _ = PackageTrailer.Read(source, header.Summary);
        }
        catch (PackageException)
        {
            return false;
        }

        int end = 0;
        foreach (PackageSection section in header.Sections)
        {
            Law.Holds(section.Start == end && section.End >= section.Start, "sections lie side by side");
            end = section.End;
        }

        Law.Holds(end == header.Summary.TotalHeaderSize && end <= file.Length, "sections are the whole header");
        Law.Holds(header.Thumbnails.All(thumbnail => thumbnail.Offset >= 0 && thumbnail.Length >= 0 && thumbnail.Offset + (long)thumbnail.Length <= end), "a picture lies in the header");
        _ = (header.AssetClass, header.ActorLabel, header.HardDependencies.Count);
        for (int i = 0; i < Math.Min(header.Exports.Count, 20); i++)
        {
            _ = (header.PathOf(i), header.ClassOf(header.Exports[i]));
        }

        ActorPlace? place = ActorPlace.Find(header, file);
        Law.Holds(place is null || !place.IsElsewhere(place), "an actor is not elsewhere than it is");
        return true;
    }

    private static PackageHealth Examine(byte[] file, int step)
    {
        PackageExamination examination = new(file.Length);
        for (int at = 0; at < file.Length; at += step)
        {
            examination.Append(file.AsSpan(at, Math.Min(step, file.Length - at)));
        }

        return examination.Finish();
    }

    private static PackageWriter Lamp(int version4, int version5) => new()
    {
        Version4 = version4,
        Version5 = version5,
        HardDependencies = ["/Game/Things/Glass", "/Engine/Basic/Cube"],
        SoftDependencies = version4 >= PackageGates.SoftReferencesAreNames ? ["/Game/Sounds/Click"] : [],
        Objects = ["Bulb", "Cable"],
        Tags = [("ActorLabel", "A lamp \u00fc"), ("ParentClass", "Actor")],
        Thumbnail = [1, 2, 3, 4, 5],
        Payloads = version5 >= 1002 ? [new byte[300], [7]] : [],
    };
}
