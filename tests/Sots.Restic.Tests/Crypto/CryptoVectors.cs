using System.Text.Json;
using Sots.Testing;

namespace Sots.Restic.Tests.Crypto;

/// <summary>Known answers made with restic, and hexadecimal in short.</summary>
internal static class CryptoVectors
{
    internal static JsonElement Load()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.PathOf("vectors", "crypto.json")));
        return document.RootElement.Clone();
    }

    internal static byte[] Hex(this JsonElement json, string member) => Convert.FromHexString(json.GetProperty(member).GetString()!);

    internal static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>A key that is the same in every run.</summary>
    internal static Sots.Restic.Crypto.MasterKey SomeKey(ulong seed = 7) => Sots.Restic.Crypto.MasterKey.FromParts(SplitMix.Bytes(seed, 64));
}
