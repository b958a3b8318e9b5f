using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring;

/// <summary>Repositories made by real restic, restored: every file, link and byte.</summary>
public sealed class GoldenRestoreTests
{
    [Theory]
    [InlineData("v1-0.14.0")]
    [InlineData("v2-0.14.0")]
    [InlineData("v2-0.18.0")]
    [InlineData("v2-0.19.1")]
    public async Task Snapshots_of_real_restic_are_restored_to_the_byte(string name)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        CancellationToken token = TestContext.Current.CancellationToken;
        ILookup<string, string> expected = File.ReadLines(SharedMaterial.PathOf("vectors", "expected", name + ".files.tsv"))
            .Where(line => !line.StartsWith('#')).ToLookup(line => line[..8], line => Normalise(line[9..]));
        using LocalBackend backend = new(SharedMaterial.PathOf("vectors", "repos", name));
        using OpenRepository repository = await Repository.OpenAsync(backend, "golden-password"u8.ToArray(), new OpenOptions(), token);
        IndexedRepository indexed = await repository.LoadIndexAsync(token);
        SnapshotListing listing = await repository.LoadSnapshotsAsync(token);
        Assert.Equal(expected.Count, listing.Snapshots.Count);
        foreach (SavedSnapshot saved in name == "v2-0.19.1" ? listing.Snapshots : listing.Snapshots.Take(1))
        {
            using TempFolder folder = new();
            RestoreFixture.Listener events = new();
            RestoreResult result = await RestoreOperation.RunAsync(
                indexed, saved.Snapshot, new RestoreOptions { Target = DiskPath.FromText(folder["target"]), Verify = true },
                new OperationCounters(), events, token);
            List<string> found = Describe(folder["target"]);
            Assert.Equal(expected[saved.Id.Value.ToShortString()].Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
            Assert.All(events.Problems, problem => Assert.True(IsForRootOnly(problem), problem.Message));
            Assert.Equal(found.Count(line => line.Contains("\tfile\t", StringComparison.Ordinal)), result.FilesVerified);
            using TargetDirectory root = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(folder.Path), create: false);
            root.Remove("target"u8, recursive: true);
        }
    }

    /// <summary>Owners, devices and attributes outside of "user." are for privileged users.</summary>
    private static bool IsForRootOnly(ProblemEvent problem) =>
        Environment.UserName != "root" && (problem.Message.Contains("mknod", StringComparison.Ordinal) || problem.Message.Contains("xattr", StringComparison.Ordinal));

    private static string Normalise(string line)
    {
        string[] fields = line.Split('\t');
        return $"{fields[0]}\t{fields[1]}\t{(fields[1] is "file" or "symlink" ? fields[2] + "\t" + fields[3] : "\t")}";
    }

    private static List<string> Describe(string folder)
    {
        List<string> lines = [];
        Stack<(DiskPath Path, string Shown)> waiting = new([(DiskPath.FromText(folder), "")]);
        while (waiting.TryPop(out (DiskPath Path, string Shown) directory))
        {
            foreach (SourceEntry entry in SourceFileSystem.Current.ReadDirectory(directory.Path))
            {
                DiskPath path = directory.Path.Join(entry.Name);
                string shown = directory.Shown + "/" + Show(entry.Name);
                lines.Add($"\"{shown}\"\t{NameOf(entry.Status.Type)}\t{Content(entry, path)}");
                if (entry.Status.IsDirectory)
                {
                    waiting.Push((path, shown));
                }
            }
        }

        return lines;
    }

    private static string Content(SourceEntry entry, DiskPath path)
    {
        if (entry.Status.Type == NodeType.Symlink)
        {
            Node node = SourceFileSystem.Current.CreateNode(entry.Name, path, entry.Status, _ => 0, false, _ => { });
            return "\t" + Convert.ToHexStringLower(node.LinkTarget!);
        }

        if (!entry.Status.IsFile)
        {
            return "\t";
        }

        using SourceFile file = SourceFileSystem.Current.OpenFile(path);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{entry.Status.SizeBytes}\t{Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    private static string NameOf(NodeType type) => type switch
    {
        NodeType.Directory => "dir",
        NodeType.BlockDevice or NodeType.CharDevice or NodeType.Fifo => "special",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>As Python's JSON writes a name: ASCII only, a byte that is no UTF-8 as \udcXX.</summary>
    private static string Show(byte[] name)
    {
        StringBuilder text = new();
        for (ReadOnlySpan<byte> rest = name; rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf8(rest, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                foreach (char c in rune.ToString())
                {
                    text.Append(c switch
                    {
                        '"' or '\\' => "\\" + c,
                        '\n' => "\\n",
                        '\r' => "\\r",
                        '\t' => "\\t",
                        '\b' => "\\b",
                        '\f' => "\\f",
                        < ' ' or > '~' => $"\\u{(int)c:x4}",
                        _ => c.ToString(),
                    });
                }
            }
            else
            {
                used = 1;
                text.Append(CultureInfo.InvariantCulture, $"\\udc{rest[0]:x2}");
            }

            rest = rest[used..];
        }

        return text.ToString();
    }
}
