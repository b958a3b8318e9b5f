using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sots.Restic.Chunking;

namespace Sots.Restic.Repofiles;

/// <content>The JSON of a config. Source: docs/FORMAT.md, "Config".</content>
public sealed partial record ConfigFile
{
    /// <summary>A longer plaintext is not a config: 64 KiB.</summary>
    public const int MaxLength = Limits.SmallFileLength;

    /// <summary>What to do where the config is damaged or gone.</summary>
    internal const string DamageAdvice =
        "Put the file config back from a copy of the repository. Reading does not need it: `snapshots`, `ls`, `restore` and `check` work without.";

    /// <summary>In place of a config that cannot be read: reads whatever is in a repository of version 1 or 2. Never used for writing.</summary>
    internal static ConfigFile StandIn { get; } = new(2, "", default);

    /// <summary>The error of a damaged config.</summary>
    internal static RepositoryException Damage(string how, Exception? inner = null) =>
        new(RepositoryErrorKind.Damaged, $"config is damaged: {how}", DamageAdvice, inner);

    private static readonly byte[][] Members = [[.. "version"u8], [.. "id"u8], [.. "chunker_polynomial"u8]];

    /// <summary>Members of the JSON object that this program does not know: name and raw JSON value, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> UnknownMembers { get; init; } = [];

    /// <summary>The JSON, without a newline; unknown members stand at the end.</summary>
    public byte[] Write()
    {
        ArrayBufferWriter<byte> json = new(256);
        JsonOutput output = new(json);
        output.Raw("{\"version\":"u8);
        output.Number((long)Version);
        output.Raw(",\"id\":"u8);
        output.Text(Id);
        output.Raw(",\"chunker_polynomial\":"u8);
        output.Text(Polynomial.Value.ToString("x", CultureInfo.InvariantCulture));
        output.UnknownMembers(UnknownMembers);
        output.Raw("}"u8);
        output.Flush();
        return json.WrittenSpan.ToArray();
    }

    /// <summary>Reads a config. Whether the polynomial is one to cut with is not looked at.</summary>
    /// <param name="json">The decrypted content of the file.</param>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.Unsupported"/>: a version other than 1 or 2;
    /// <see cref="RepositoryErrorKind.Damaged"/>: it is not a config.
    /// </exception>
    public static ConfigFile Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.Length <= MaxLength
                ? Parse(json)
                : throw new JsonException($"it has {json.Length} bytes, at most {MaxLength} were expected");
        }
        catch (JsonException e)
        {
            throw Damage(e.Message, e);
        }
    }

    private static ConfigFile Parse(ReadOnlySpan<byte> json)
    {
        long version = 0;
        string id = "";
        ulong polynomial = 0;
        List<KeyValuePair<string, byte[]>> unknown = [];

        Utf8JsonReader reader = StrictJson.Open(json);
        StrictJson.Next(ref reader);
        ObjectMembers members = new(ref reader, Members);
        while (members.Next(ref reader))
        {
            switch (members.Current)
            {
                case 0: version = StrictJson.Int64(ref reader); break;
                case 1: id = StrictJson.Id(ref reader).ToString(); break;
                case 2: polynomial = ParsePolynomial(StrictJson.Utf8(ref reader)); break;
                default: unknown.Add(new(members.UnknownName!, StrictJson.RawValue(ref reader, json).ToArray())); break;
            }
        }

        StrictJson.End(ref reader);
        members.Require(0);
        if (version is not (1 or 2))
        {
            throw new RepositoryException(
                RepositoryErrorKind.Unsupported,
                $"config says format version {version}; this program knows 1 and 2",
                "The repository was made by a newer program: use that one.");
        }

        members.Require(1, 2);
        return new ConfigFile((int)version, id, new ChunkerPolynomial(polynomial)) { UnknownMembers = unknown };
    }

    private static ulong ParsePolynomial(byte[] hex) =>
        ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw new JsonException($"{StrictJson.Excerpt(hex)} is not a polynomial of at most 16 hex digits");
}
