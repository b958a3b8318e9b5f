using System.Diagnostics;
using System.Text.Json;
using Sots.Backup.Sources;
using Sots.Testing;

namespace Sots.Backup.Tests.Sources;

public class ExcludeAgainstResticTests
{
    private static readonly string[] Files =
    [
        "a/b/x", "a/q/b/x", "x/x/y/z", "日", "ab", "üb", "deep/a/b/c/d/e", "[s]", "A/B/File.TXT", "a/a/a/a", "b/a/b/a/b", "c.tmp/in", "K\u212A",
    ];

    [Theory]
    [InlineData("ROOT/a/**/b/**")]
    [InlineData("a/**/b/**")]
    [InlineData("**/a/**/b/**")]
    [InlineData("ROOT/**/a/**/a/**")]
    [InlineData("ROOT/b/**/**/a/**")]
    [InlineData("x/**/y/**/z/**")]
    [InlineData("ROOT/*??")]
    [InlineData("ROOT/*", "!ROOT/a", "!ROOT/A", "b")]
    [InlineData("ROOT/**", "!ROOT/deep", "!ROOT/日")]
    [InlineData("ROOT/[^a-z]*")]
    [InlineData("ROOT/x/../ab", "ROOT//./日")]
    public void Real_restic_leaves_out_the_same(params string[] patterns)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        string? restic = ResticBinaries.Find("0.19.1");
        Assert.SkipUnless(restic is not null, ResticBinaries.Absent);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the names and patterns are those of Unix");
        using TempFolder folder = new();
        string root = folder["tree"];
        foreach (string file in Files)
        {
            string path = Path.Combine(root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
        }

        patterns = [.. patterns.Select(pattern => pattern.Replace("ROOT", root, StringComparison.Ordinal))];
        foreach (bool ignoreCase in (bool[])[false, true])
        {
            ResticExcludes rules = new(
                ignoreCase ? new ResticExcludeOptions { PatternsIgnoringCase = patterns } : new ResticExcludeOptions { Patterns = patterns },
                PathStyle.Unix);
            List<string> expected = Saved(restic, ignoreCase ? "--iexclude" : "--exclude", patterns, root);
            List<string> kept = [];
            Walk(root, rules, kept);
            Assert.Equal(expected.Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
        }
    }

    private static void Walk(string folder, ExcludeRules rules, List<string> kept)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder))
        {
            if (!rules.RejectsName(DiskPath.FromText(path)))
            {
                kept.Add(path);
                if (Directory.Exists(path))
                {
                    Walk(path, rules, kept);
                }
            }
        }
    }

    private static List<string> Saved(string restic, string option, string[] patterns, string root)
    {
        ProcessStartInfo start = new(restic)
        {
            ArgumentList =
            {
                "-r", SharedMaterial.PathOf("vectors", "damaged", "ok"), "--no-lock", "--no-cache", "backup", "-n", "-vv", "--json", root,
            },
            RedirectStandardOutput = true,
        };
        foreach (string pattern in patterns)
        {
            start.ArgumentList.Add(option);
            start.ArgumentList.Add(pattern);
        }

        start.Environment["RESTIC_PASSWORD"] = "golden-password";
        using Process process = Process.Start(start)!;
        List<string> saved = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            using JsonDocument message = JsonDocument.Parse(line);
            if (message.RootElement.TryGetProperty("action", out JsonElement action)
                && action.GetString() == "new"
                && message.RootElement.GetProperty("item").GetString()!.TrimEnd('/') is { } item
                && item.StartsWith(root + "/", StringComparison.Ordinal))
            {
                saved.Add(item);
            }
        }

        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return saved;
    }
}
