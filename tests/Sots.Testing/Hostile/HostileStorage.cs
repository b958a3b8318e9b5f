using System.Diagnostics;
using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Testing.Hostile;

/// <summary>What somebody can do who writes to the storage and has no key: files of other kinds, junk keys, pipes and devices.</summary>
internal static class HostileStorage
{
    private static readonly string Salt = Convert.ToBase64String(new byte[64]), Sealed = Convert.ToBase64String(new byte[200]);

    private static readonly string[] ForeignNames = ["x", "\u001b[2J", "desktop.ini", new('A', 64), new('g', 64), new('a', 63), new('a', 65), "..x"];
    private static readonly string[] NoFileKinds = ["pipe", "folder", "link to /dev/zero", "link to nothing", "link to itself", "device"];
    private static readonly string[] Folders = ["snapshots", "index", "keys", "locks", "data"];

    public static IEnumerable<HostileCase> All => [.. Keys(), .. WrongKinds(), .. NoFiles(), .. Others()];

    private static IEnumerable<HostileCase> Keys()
    {
        // The two whose names begin with a "t" are keys as they should be, only not of anybody who is known.
        foreach ((string name, string json) in new[]
        {
            ("N of 2^30", Key(1 << 30, 8, 1)), ("r of 2^30", Key(32768, 1 << 30, 1)), ("p of 2^30", Key(32768, 8, 1 << 30)), ("all costs of 2^31-1", Key(int.MaxValue, int.MaxValue, int.MaxValue)),
            ("N of 3", Key(3, 8, 1)), ("N of 0", Key(0, 0, 0)), ("N of -1", Key(-1, -1, -1)), ("the dearest costs there are", Key(1 << 18, 8, 16)), ("costs without end", Key(1 << 18, 8, 1).Replace("262144", "1e400", StringComparison.Ordinal)),
            ("no JSON", "not a key"), ("nothing", ""), ("an empty object", "{}"), ("10,000 brackets", new string('[', 10_000)), ("members twice", Key(16, 1, 1)[..^1] + ",\"N\":16}"),
            ("another derivation", Key(16, 1, 1).Replace("scrypt", "md5", StringComparison.Ordinal)), ("a short salt", Key(16, 1, 1).Replace(Salt, "AAAA", StringComparison.Ordinal)),
            ("short data", Key(16, 1, 1).Replace(Sealed, "AAAA", StringComparison.Ordinal)), ("data that is no base64", Key(16, 1, 1).Replace(Sealed, "!!!!", StringComparison.Ordinal)),
            ("text for the terminal", Key(16, 1, 1)[..^1] + $",\"username\":\"{HostileJsonFiles.Evil}\",\"hostname\":\"{HostileJsonFiles.Evil}\",\"created\":\"{HostileJsonFiles.Evil}\"}}"),
            ("100 KiB", Key(16, 1, 1)[..^1] + $",\"x\":\"{new string('x', 100_000)}\"}}"),
        })
        {
            yield return new HostileCase($"a key with {name}", forge => forge.KeyAsync(json)) { Check = name.StartsWith('t') ? CheckVerdict.Clean : CheckVerdict.Fails, Restores = true };
        }

        yield return new("300 junk keys", async forge =>
        {
            for (int i = 0; i < 300; i++)
            {
                await forge.KeyAsync(i % 2 == 0 ? $"junk {i}" : Key(2, 1, 1)[..^1] + $",\"x\":{i}}}");
            }
        }) { Restores = true };
        yield return new("60 dear keys", async forge =>
        {
            for (int i = 0; i < 60; i++)
            {
                await forge.KeyAsync(Key(1 << 18, 8, 16)[..^1] + $",\"x\":{i}}}");
            }
        }) { Check = CheckVerdict.Clean, Restores = true };
    }

    private static IEnumerable<HostileCase> WrongKinds()
    {
        foreach ((string from, string to) in new[]
        {
            ("index", "snapshots"), ("config", "snapshots"), ("keys", "snapshots"), ("data", "snapshots"), ("snapshots", "index"), ("config", "index"), ("keys", "index"), ("data", "index"),
            ("snapshots", "keys"), ("config", "keys"), ("snapshots", "locks"), ("index", "locks"), ("config", "locks"), ("data", "locks"), ("snapshots", "data/00"),
        })
        {
            yield return new HostileCase($"a file of {from} copied to {to}", forge =>
            {
                string file = from == "config" ? Path.Combine(forge.Folder, "config") : forge.Files(from)[0];
                byte[] content = System.IO.File.ReadAllBytes(file);
                string target = Path.Combine(forge.Folder, to);
                Directory.CreateDirectory(target);
                System.IO.File.WriteAllBytes(Path.Combine(target, ContentId.Of(content).ToString()), content);
                return Task.CompletedTask;
            }) { Check = to is "data/00" ? CheckVerdict.Clean : to is "locks" ? CheckVerdict.Any : CheckVerdict.Fails, Restores = to is "index" or "locks" ? null : to is "keys" or "data/00" };
        }
    }

    private static IEnumerable<HostileCase> NoFiles()
    {
        foreach (string folder in Folders)
        {
            foreach (string kind in NoFileKinds)
            {
                yield return new HostileCase($"a {kind} in {folder}", forge =>
                {
                    Make(kind, Path.Combine(forge.Folder, folder, folder == "data" ? "ab" : "", new string('a', 1) + new string('b', 63)));
                    return Task.CompletedTask;
                })
                {
                    // What cannot be read may be what is needed: it is named, and an older snapshot is no silent stand-in for it.
                    Check = folder is "index" or "keys" or "snapshots" ? CheckVerdict.Fails : CheckVerdict.Clean,
                    Restores = folder != "snapshots", NeedsRoot = kind == "device",
                };
            }
        }

        foreach (string kind in NoFileKinds)
        {
            yield return new HostileCase($"a {kind} in place of the config", forge =>
            {
                System.IO.File.Delete(Path.Combine(forge.Folder, "config"));
                Make(kind, Path.Combine(forge.Folder, "config"));
                return Task.CompletedTask;
            }) { Opens = false, NeedsRoot = kind == "device" };
            yield return new HostileCase($"a {kind} in place of a pack", forge =>
            {
                string pack = forge.Files("data")[0];
                System.IO.File.Delete(pack);
                Make(kind, pack);
                return Task.CompletedTask;
            }) { NeedsRoot = kind == "device" };
        }

        foreach (string folder in Folders)
        {
            yield return new HostileCase($"a file in place of the folder {folder}", forge =>
            {
                Directory.Delete(Path.Combine(forge.Folder, folder), recursive: true);
                System.IO.File.WriteAllText(Path.Combine(forge.Folder, folder), "x");
                return Task.CompletedTask;
            }) { Opens = folder != "keys" };
        }
    }

    private static IEnumerable<HostileCase> Others() =>
    [
        new("an empty config", forge => Config(forge, 0)) { Opens = false },
        new("a config of 1 GiB", forge => Config(forge, 1 << 30)) { Opens = false },
        new("a snapshot of 5 GiB", forge => Sparse(forge, "snapshots", 5L << 30)),
        new("an index file of 5 GiB", forge => Sparse(forge, "index", 5L << 30)) { Restores = null },
        new("a key of 5 GiB", forge => Sparse(forge, "keys", 5L << 30)) { Restores = true },
        new("a lock of 5 GiB", forge => Sparse(forge, "locks", 5L << 30)) { Check = CheckVerdict.Any, Restores = null },
        new("foreign names everywhere", forge =>
        {
            foreach (string folder in (string[])["", .. Folders, "data/ab"])
            {
                Directory.CreateDirectory(Path.Combine(forge.Folder, folder));
                foreach (string name in ForeignNames)
                {
                    System.IO.File.WriteAllText(Path.Combine(forge.Folder, folder, name), "x");
                }
            }

            return Task.CompletedTask;
        }) { Check = CheckVerdict.Clean, Restores = true },
    ];

    private static string Key(int n, int r, int p) =>
        $$"""{"kdf":"scrypt","N":{{n}},"r":{{r}},"p":{{p}},"salt":"{{Salt}}","data":"{{Sealed}}"}""";

    private static Task Config(HostileForge forge, long length)
    {
        string path = Path.Combine(forge.Folder, "config");
        System.IO.File.Delete(path);
        using FileStream file = System.IO.File.Create(path);
        file.SetLength(length);
        return Task.CompletedTask;
    }

    private static Task Sparse(HostileForge forge, string folder, long length)
    {
        using FileStream file = System.IO.File.Create(Path.Combine(forge.Folder, folder, new string('c', 64)));
        file.SetLength(length);
        return Task.CompletedTask;
    }

    private static void Make(string kind, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(path);
                System.IO.File.WriteAllText(Path.Combine(path, "x"), "x");
                break;
            case "pipe":
                Run("mkfifo", path);
                break;
            case "device":
                Run("mknod", path, "c", "1", "5");
                break;
            case "link to itself":
                System.IO.File.CreateSymbolicLink(path, Path.GetFileName(path));
                break;
            default:
                System.IO.File.CreateSymbolicLink(path, kind == "link to nothing" ? "/nowhere" : "/dev/zero");
                break;
        }
    }

    private static void Run(string program, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words))!;
        process.WaitForExit();
    }
}
