using System.Text;
using Sots.Restic;
using Sots.Restic.Crypto;

namespace Sots.Fuzzing.Targets;

/// <summary>Key files, the only files of a repository that nobody has to know a password for to forge.</summary>
internal sealed class KeyFileTarget : FuzzTarget
{
    /// <summary>Dearer keys are read but not tried: the function is slow by design.</summary>
    private const long CheapCost = 64;

    /// <inheritdoc/>
    public override string Name => "key-file";

    /// <inheritdoc/>
    public override string About => "key files: costs within the limits; a cheap one opens, does not, or is damaged";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            using MasterKey key = Samples.Key();
            yield return KeyFile.Create(key, "x"u8, new ScryptParameters(2, 1, 1), "user", "host", "2024-02-29T23:59:59.123456789+01:00", CancellationToken.None);
            yield return KeyFile.Create(key, "x"u8, ScryptParameters.Default with { N = 16 }, "", "h\u00e4\"", "", CancellationToken.None);
            yield return """{"kdf":"scrypt","N":1048576,"r":8,"p":16,"salt":"","data":"AA==","unknown":{"a":[1]}}"""u8.ToArray();
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8(
        "created", "username", "hostname", "kdf", "scrypt", "N", "r", "p", "salt", "data", "1048576", "2097152", "32768", "16", "17", Convert.ToBase64String(new byte[64]), Convert.ToBase64String(new byte[32]));

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        KeyFile file;
        try
        {
            file = KeyFile.Parse(input, "key");
        }
        catch (RepositoryException)
        {
            return false;
        }

        ScryptParameters costs = file.Parameters;
        Law.Holds(128L * costs.N * costs.R <= ScryptParameters.MaxMemoryBytes && costs.P <= ScryptParameters.MaxP, "the costs of a key file are within the limits");
        if ((long)costs.N * costs.R * costs.P <= CheapCost)
        {
            try
            {
                using MasterKey? key = file.TryUnlock("x"u8, CancellationToken.None);
            }
            catch (RepositoryException)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The JSON that is sealed in a key file: reached only by whoever knows the password, and read all the same as if by nobody.</summary>
internal sealed class MasterKeyTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "master-key";

    /// <inheritdoc/>
    public override string About => "the sealed part of key files: what is read, written and read again is the same key";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            using MasterKey key = Samples.Key();
            byte[] json = key.ToJson();
            yield return json;
            yield return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json).Replace("{\"mac\"", "{ \"other\" : [ { } ] , \"mac\"", StringComparison.Ordinal));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("mac", "k", "r", "encrypt", Convert.ToBase64String(new byte[16]), Convert.ToBase64String(new byte[32]), "\\u006b");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        MasterKey key;
        try
        {
            key = MasterKeyJson.Read(input, "key");
        }
        catch (RepositoryException)
        {
            return false;
        }

        using (key)
        {
            using MasterKey again = MasterKeyJson.Read(key.ToJson(), "key");
            Law.Holds(key.HasSamePartsAs(again), "a key that is written and read again is the same");
        }

        return true;
    }
}
