using System.Text;
using System.Text.Json;
using Sots.Testing;

namespace Sots.Restic.Tests.Repofiles;

/// <summary>JSON that real restic wrote, from the shared vectors.</summary>
internal static class GoldenJson
{
    public static readonly string[] Repositories = ["v1-0.14.0", "v2-0.14.0", "v2-0.18.0", "v2-0.19.1"];

    /// <summary>The texts of one kind by id. Skips the test where the vectors are not there.</summary>
    public static Dictionary<string, byte[]> Of(string repository, string kind)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        using FileStream file = File.OpenRead(SharedMaterial.PathOf("vectors", "expected", repository + ".json"));
        using JsonDocument document = JsonDocument.Parse(file);
        Dictionary<string, byte[]> texts = document.RootElement.GetProperty(kind).EnumerateObject()
            .ToDictionary(member => member.Name, member => Encoding.UTF8.GetBytes(member.Value.GetString()!));
        Assert.NotEmpty(texts);
        return texts;
    }
}
