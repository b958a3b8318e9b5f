using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sots.Restic.Crypto;

/// <summary>
/// A key file: the master key, sealed with a key that scrypt makes out of a password (docs/FORMAT.md, "Key files"). A repository has one
/// for each password.
/// </summary>
/// <remarks>Immutable and safe for any number of threads.</remarks>
public sealed class KeyFile
{
    /// <summary>Largest key file in bytes that is read: 64 KiB.</summary>
    public const int MaxLength = Limits.SmallFileLength;

    /// <summary>Length of the salt in bytes: 64.</summary>
    public const int SaltLength = 64;

    private readonly string _fileName;
    private readonly byte[] _salt;
    private readonly byte[] _sealedMasterKey;

    private KeyFile(string fileName, JsonElement json)
    {
        _fileName = fileName;
        Created = OptionalText(json, "created");
        Username = OptionalText(json, "username");
        Hostname = OptionalText(json, "hostname");
        string? kdf = OptionalText(json, "kdf");
        if (kdf != "scrypt")
        {
            throw Damage(kdf is null ? "the name of its key derivation is missing" : "its key derivation is another than scrypt");
        }

        Parameters = new ScryptParameters(Number(json, "N"), Number(json, "r"), Number(json, "p"));
        Parameters.Check(What);
        _salt = Bytes(json, "salt");
        if (_salt.Length != SaltLength)
        {
            throw Damage($"its salt has {_salt.Length} bytes and not {SaltLength}");
        }

        _sealedMasterKey = Bytes(json, "data");
        if (_sealedMasterKey.Length < SealedBox.Overhead)
        {
            throw Damage($"its sealed key has {_sealedMasterKey.Length} bytes, fewer than {SealedBox.Overhead}");
        }
    }

    /// <summary>When the key was made, as the file says it (RFC 3339), or null. Not authenticated: escape it before printing.</summary>
    public string? Created { get; }

    /// <summary>Who made it, or null. Not authenticated: escape it before printing.</summary>
    public string? Username { get; }

    /// <summary>On which machine it was made, or null. Not authenticated: escape it before printing.</summary>
    public string? Hostname { get; }

    /// <summary>The costs of the password's key, within the limits.</summary>
    public ScryptParameters Parameters { get; }

    /// <summary>Reads a key file. Members may come in any order; unknown ones are ignored; none may come twice.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.Damaged"/>, or <see cref="RepositoryErrorKind.LimitExceeded"/> for a file over 64 KiB or costs beyond
    /// those of <see cref="ScryptParameters"/>.
    /// </exception>
    public static KeyFile Parse(ReadOnlySpan<byte> json, string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        if (json.Length > MaxLength)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded,
                $"Key file {fileName} has {json.Length} bytes; the limit is {MaxLength}.",
                "A genuine key file has less than a thousand bytes: remove this one if another key opens the repository.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new KeyFile(fileName, document.RootElement)
                : throw RepositoryException.Damage($"Key file {fileName}", "it is not a JSON object");
        }
        catch (JsonException exception)
        {
            throw RepositoryException.Damage($"Key file {fileName}", "it is not valid JSON, or a member comes twice", exception);
        }
        catch (InvalidOperationException exception)
        {
            // A string that is not UTF-8, or has half a surrogate pair.
            throw RepositoryException.Damage($"Key file {fileName}", "it is not valid text", exception);
        }
    }

    /// <summary>Opens the master key. Takes the memory and time that <see cref="Parameters"/> say.</summary>
    /// <param name="passwordUtf8">The password as UTF-8, exactly as typed: nothing is trimmed or normalised.</param>
    /// <param name="cancellationToken">Stops the key derivation.</param>
    /// <returns>The master key, which the caller disposes of, or null if the password is wrong.</returns>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.Damaged"/>: the password is right, but what was sealed is no master key.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token asked for it.</exception>
    public MasterKey? TryUnlock(ReadOnlySpan<byte> passwordUtf8, CancellationToken cancellationToken)
    {
        using MasterKey passwordKey = DeriveKey(passwordUtf8, _salt, Parameters, cancellationToken);
        byte[] json = GC.AllocateUninitializedArray<byte>(_sealedMasterKey.Length - SealedBox.Overhead, pinned: true);
        try
        {
            return SealedBox.TryOpen(passwordKey, _sealedMasterKey, json) ? MasterKeyJson.Read(json, What) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    /// <summary>
    /// Makes a key file for a password, with a fresh salt, and opens it once to be sure. One line in restic's order, no newline; its name
    /// is the SHA-256 of it.
    /// </summary>
    /// <param name="master">The key to seal.</param>
    /// <param name="passwordUtf8">The password as UTF-8.</param>
    /// <param name="parameters">The costs, normally <see cref="ScryptParameters.Default"/>.</param>
    /// <param name="username">Who makes it.</param>
    /// <param name="hostname">On which machine.</param>
    /// <param name="created">When, as RFC 3339 with as many digits as there are.</param>
    /// <param name="cancellationToken">Stops the key derivation.</param>
    /// <exception cref="RepositoryException">
    /// The costs are beyond the limits; or, <see cref="RepositoryErrorKind.Damaged"/>, what was made does not open again.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token asked for it.</exception>
    public static byte[] Create(
        MasterKey master,
        ReadOnlySpan<byte> passwordUtf8,
        ScryptParameters parameters,
        string username,
        string hostname,
        string created,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(master);
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.Check("The new key");
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        byte[] masterJson = master.ToJson();
        byte[] sealedKey = new byte[masterJson.Length + SealedBox.Overhead];
        try
        {
            using MasterKey passwordKey = DeriveKey(passwordUtf8, salt, parameters, cancellationToken);
            SealedBox.Seal(passwordKey, masterJson, sealedKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(masterJson);
        }

        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("created"u8, created);
            writer.WriteString("username"u8, username);
            writer.WriteString("hostname"u8, hostname);
            writer.WriteString("kdf"u8, "scrypt"u8);
            writer.WriteNumber("N"u8, parameters.N);
            writer.WriteNumber("r"u8, parameters.R);
            writer.WriteNumber("p"u8, parameters.P);
            writer.WriteBase64String("salt"u8, salt);
            writer.WriteBase64String("data"u8, sealedKey);
            writer.WriteEndObject();
        }

        ReadBack(buffer.WrittenSpan, master, passwordUtf8, cancellationToken);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A key file that does not open locks its owner out for good, so it is tried before anyone relies on it.</summary>
    private static void ReadBack(ReadOnlySpan<byte> json, MasterKey master, ReadOnlySpan<byte> passwordUtf8, CancellationToken cancellationToken)
    {
        using MasterKey? opened = Parse(json, "(new)").TryUnlock(passwordUtf8, cancellationToken);
        if (opened is null || !opened.HasSamePartsAs(master))
        {
            throw new RepositoryException(
                RepositoryErrorKind.Damaged,
                "The key file just made does not open with its own password; it was not used.",
                "The memory of this computer may be faulty: test it before trusting backups made on it.");
        }
    }

    private static MasterKey DeriveKey(
        ReadOnlySpan<byte> passwordUtf8, ReadOnlySpan<byte> salt, ScryptParameters parameters, CancellationToken cancellationToken)
    {
        Span<byte> parts = stackalloc byte[MasterKey.TotalLength];
        try
        {
            Scrypt.DeriveKey(passwordUtf8, salt, parameters.N, parameters.R, parameters.P, parts, cancellationToken);
            return MasterKey.FromParts(parts);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parts);
        }
    }

    private string What => $"Key file {_fileName}";

    private RepositoryException Damage(string how) => RepositoryException.Damage(What, how);

    private string? OptionalText(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Damage($"its member \"{name}\" is not a string");
    }

    private int Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw Damage($"its member \"{name}\" is not there or not a whole number of 32 bits");

    private byte[] Bytes(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes
            : throw Damage($"its member \"{name}\" is not there or not base64");
}
