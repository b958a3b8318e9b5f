using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Fuzzing.Targets;

/// <summary>Files of patterns.</summary>
internal sealed class PatternFileTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "pattern-file";

    /// <inheritdoc/>
    public override string About => "files of exclude patterns: any encoding, variables; what comes out can be compiled or is refused";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        "# comment\n *.tmp \r\n\n$HOME/x\n${A}b$$c${\n!keep\n"u8.ToArray(),
        [0xFF, 0xFE, (byte)'a', 0, (byte)'\n', 0, 0x3D, 0xD8],
        [0xFE, 0xFF, 0, (byte)'a', 0],
        "\uFEFFü\0"u8.ToArray(),
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => [.. Utf8("$", "${", "}", "$$", "#", "\r\n", "$HOME", "${HOME}", "$*", "\uFEFF", "[", "!"), [0xFF, 0xFE], [0xFE, 0xFF]];

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        IReadOnlyList<string> patterns;
        try
        {
            patterns = PatternFile.Parse(input, static name => name switch { "HOME" => "/home/x", "A" => "[", _ => null }, "file");
            ExcludePatternList.Parse(patterns, PathStyle.Unix, ignoreCase: true, "--exclude-file");
        }
        catch (RepositoryException)
        {
            return false;
        }

        Law.Holds(patterns.Count <= input.Count((byte)'\n') + 1 && patterns.All(static pattern => !pattern.Contains('\n')), "a pattern is a line");
        return true;
    }
}
