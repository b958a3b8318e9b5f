using Sots.Restic;
using Sots.Restic.Chunking;
using Sots.Restic.Repofiles;

namespace Sots.Fuzzing.Targets;

/// <summary>The config of a repository.</summary>
internal sealed class ConfigTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "config";

    /// <inheritdoc/>
    public override string About => "the repository's config: written again and read it is the same, unknown members included";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        new ConfigFile(2, Samples.Id.ToString(), new ChunkerPolynomial(0x3DA3358B4DC173)).Write(),
        """ { "chunker_polynomial" : "3DA3358B4DC173" , "x" : {"a" : [ 1, "\u00e4" ] }, "version" : 1, "id": "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855" } """u8.ToArray(),
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("version", "id", "chunker_polynomial", "1", "2", "3", "25b468838dcb75", "ffffffffffffffff", "10000000000000000", "\\u0069d");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        ConfigFile config;
        try
        {
            config = ConfigFile.Read(input);
        }
        catch (RepositoryException)
        {
            return false;
        }

        byte[] written = config.Write();
        ConfigFile again = ConfigFile.Read(written);
        Law.Holds(config with { UnknownMembers = [] } == again with { UnknownMembers = [] }, "a config is the same after writing and reading");
        Law.Holds(config.UnknownMembers.Select(static member => member.Key).SequenceEqual(again.UnknownMembers.Select(static member => member.Key)), "unknown members of a config stay");
        Law.Same(written, again.Write(), "a config is written alike the second time");
        return true;
    }
}
