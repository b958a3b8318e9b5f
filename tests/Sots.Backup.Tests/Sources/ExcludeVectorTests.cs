using System.Text.Json;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Backup.Tests.Sources;

public class ExcludeVectorTests
{
    [Fact]
    public void Every_list_keeps_what_real_restic_keeps()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.PathOf("vectors", "exclude-expected.json")));
        string root = vectors.RootElement.GetProperty("root").GetString()!;
        string[] paths = Strings(vectors.RootElement.GetProperty("paths"));
        int cases = 0;
        foreach (JsonElement vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            string[] patterns = Strings(vector.GetProperty("patterns"));
            JsonElement expected = vector.GetProperty("0.19.1");
            if (expected.GetProperty("rc").GetInt32() != 0)
            {
                RepositoryException error = Assert.Throws<RepositoryException>(() => Rules(patterns));
                Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
            }
            else
            {
                Assert.Equal(Strings(expected.GetProperty("kept")), Walk(Rules(patterns), root, paths));
            }

            cases++;
        }

        Assert.Equal(80, cases);
    }

    private static ResticExcludes Rules(string[] patterns) => new(new ResticExcludeOptions { Patterns = patterns }, PathStyle.Unix);

    /// <summary>The paths a walk saves: what lies in a directory that is left out is never asked about.</summary>
    private static List<string> Walk(ExcludeRules rules, string root, string[] paths)
    {
        List<string> kept = [];
        HashSet<string> left = [];
        foreach (string path in paths)
        {
            string parent = path[..Math.Max(0, path.LastIndexOf('/'))];
            if (left.Contains(parent) || rules.RejectsName(DiskPath.FromText(root + "/" + path)))
            {
                left.Add(path);
            }
            else
            {
                kept.Add(path);
            }
        }

        return kept;
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(static text => text.GetString()!)];
}
