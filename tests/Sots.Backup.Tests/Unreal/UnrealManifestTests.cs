using System.Globalization;
using System.IO.Compression;
using Sots.Backup.Sources;
using Sots.Testing;
using Sots.Unreal;

namespace Sots.Backup.Tests.Unreal;

public class UnrealManifestTests
{
    [Theory]
    [InlineData("project-47GB-60730-files.tsv.gz", 60_730)]
    [InlineData("project-24GB-9632-files.tsv.gz", 9_632)]
    public void Of_real_projects_nothing_that_is_work_is_left_out(string name, int count)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        List<(string Path, long Bytes)> files = Read(SharedMaterial.PathOf("data", name));
        Assert.Equal(count, files.Count);
        UnrealRoots roots = new ListedFolders("/r", files.Select(static file => file.Path)).Discover();
        UnrealExcludes excludes = new(roots.All, UnrealPreset.Default, PathStyle.Unix);
        ExcludePatternList restic = ExcludePatternList.Parse(excludes.AsAbsolutePatterns(), PathStyle.Unix, ignoreCase: true, "--iexclude");
        Dictionary<UnrealExcludeClass, (int Files, long Bytes)> left = [];
        foreach ((string path, long bytes) in files)
        {
            DiskPath full = DiskPath.FromText("/r/" + path);
            UnrealExclusion? why = excludes.Explain(full);
            Assert.Equal(why is not null, excludes.RejectsName(full));
            Assert.Equal(why is not null, restic.Matches(full.Bytes));
            if (why is null)
            {
                continue;
            }

            string below = ("/r/" + path)[(why.Root.Length + 1)..];
            Assert.DoesNotContain(below.Split('/')[0], (string[])["Content", "Config", "Source", "Plugins", "Shaders"]);
            Assert.False(path.EndsWith(".uproject", StringComparison.OrdinalIgnoreCase));
            (int n, long sum) = left.GetValueOrDefault(why.Class);
            left[why.Class] = (n + 1, sum + bytes);
        }

        Assert.NotEmpty(left);
        foreach ((UnrealExcludeClass kind, (int n, long bytes)) in left)
        {
            TestContext.Current.SendDiagnosticMessage($"{name}: {kind} {n} files, {bytes} bytes");
        }

        Assert.True(left.ContainsKey(UnrealExcludeClass.Intermediate));
        Assert.InRange(left.Values.Sum(static part => part.Files), 1, count / 2);
    }

    private static List<(string, long)> Read(string path)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        List<(string, long)> files = [];
        while (reader.ReadLine() is { } line)
        {
            int tab = line.IndexOf('\t');
            files.Add((line[(tab + 1)..].TrimEnd('/'), long.Parse(line[..tab], CultureInfo.InvariantCulture)));
        }

        return files;
    }
}
