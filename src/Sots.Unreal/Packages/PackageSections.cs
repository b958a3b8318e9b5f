namespace Sots.Unreal.Packages;

/// <summary>
/// Collects where the parts of a header lie, and proves that they are all of it: no byte belongs to two parts or to none. In every package
/// that an editor saved they do, so that a header that does not tile is a damaged one.
/// </summary>
internal sealed class PackageSections
{
    private const string Filler = "filler";
    private const int FillerLength = 4;
    private readonly List<PackageSection> _sections = [];

    /// <summary>A part that was read to its end.</summary>
    public void Add(string name, int start, int end)
    {
        if (end > start)
        {
            _sections.Add(new PackageSection(name, start, end));
        }
    }

    /// <summary>A part whose inside is not read: it reaches to the next.</summary>
    public void AddOpen(string name, int start) => _sections.Add(new PackageSection(name, start, -1));

    /// <summary>The parts in order.</summary>
    /// <param name="header">The header.</param>
    /// <param name="optionalFiller">Where four bytes of zero may belong to nothing; 0 for nowhere.</param>
    /// <exception cref="PackageException">They do not tile it.</exception>
    public PackageSection[] Tile(ReadOnlySpan<byte> header, int optionalFiller)
    {
        _sections.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        List<PackageSection> tiles = new(_sections.Count + 1);
        int at = 0;
        for (int i = 0; i < _sections.Count; i++)
        {
            PackageSection section = _sections[i];
            if (section.Start > at && at == optionalFiller && section.Start == at + FillerLength && !header[at..section.Start].ContainsAnyExcept((byte)0))
            {
                tiles.Add(new PackageSection(Filler, at, section.Start));
                at = section.Start;
            }

            if (section.Start != at)
            {
                throw PackageException.Damage(
                    section.Start > at
                        ? $"the header's parts leave a gap of {section.Start - at} bytes before its {section.Name}"
                        : $"the header's {section.Name} begins inside what comes before it",
                    Math.Min(at, section.Start));
            }

            int end = section.End >= 0 ? section.End : i + 1 < _sections.Count ? _sections[i + 1].Start : header.Length;
            if (end < at || end > header.Length)
            {
                throw PackageException.Damage($"the header's {section.Name} ends at {end}, the header at {header.Length}", at);
            }

            tiles.Add(section with { End = end });
            at = end;
        }

        return at == header.Length
            ? [.. tiles]
            : throw PackageException.Damage($"the header's parts end at {at}, the header at {header.Length}", at);
    }
}
