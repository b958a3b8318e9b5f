using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>A tree with everything that has ever been written in two ways.</summary>
internal static class OddTree
{
    private const int MiB = 1 << 20;

    /// <summary>What all versions of restic write alike. Needs Linux; devices, set-id bits and foreign attributes only for root.</summary>
    public static TreeOnDisk Common()
    {
        TreeOnDisk tree = new TreeOnDisk()
            .File("names/plain.txt", "plain")
            .File("names/with \"quotes\" and \\backslash\\", "q")
            .File("names/html<&>'`", "h")
            .File("names/caf\u00E9 e\u0301 \u65E5\u672C", "u")
            .File("names/astral \U0001F600 \U00020000", "a")
            .File("names/nbsp\u00A0 shy\u00AD zero\u200B bom\uFEFF line\u2028\u2029 private\uE000 plane\U000F0000", "n")
            .File("names/control\u0001\a\b\f\n\r\t\v\u007F", "c")
            .File((TreePath)(byte[])[.. "names/bad\\"u8, 0xFF, 0x80, 0xC3], "b")
            .File((TreePath)(byte[])[.. "names/surrogate"u8, 0xED, 0xA0, 0x80, .. " overlong"u8, 0xC0, 0xAF], "s")
            .File("names/replacement\uFFFD", "r")
            .File("names/-dash", "d")
            .File("names/" + new string('x', 255), "l")
            .Directory((TreePath)(byte[])[.. "names/dir"u8, 0xFE])
            .Directory("empty")
            .Directory("a/deep/er/and/deep/er/still")
            .File("a/deep/er/and/deep/er/still/end", "end")
            .File("modes/read-only", "x", mode: 0x124)
            .File("modes/all", "x", mode: 0x1FF)
            .Directory("modes/closed", mode: 0x140)
            .Directory("modes/sticky", mode: 0x3FF)
            .File("times/before", "x", modified: new DiskTime(-1, 1))
            .File("times/war", "x", modified: new DiskTime(-950_000_000, 999_999_999))
            .File("times/epoch", "x", modified: new DiskTime(0, 0))
            .File("times/summer", "x", modified: new DiskTime(1_720_000_000, 120_000_000))
            .File("times/winter", "x", modified: new DiskTime(1_705_000_000, 100))
            .File("times/change", "x", modified: new DiskTime(1_711_846_799, 999_999_999))
            .File("times/changed", "x", modified: new DiskTime(1_711_846_800, 0))
            .File("times/after 2038", "x", modified: new DiskTime(4_102_444_800, 5))
            .Symlink("links/relative", "../names/plain.txt")
            .Symlink("links/absolute", "/nowhere/at/all")
            .Symlink("links/directory", "../empty")
            .Symlink("links/caf\u00E9", "caf\u00E9 <&> \"\\")
            .File("links/first", "several names")
            .HardLink("links/second", "links/first")
            .HardLink("empty-not/third", "links/first")
            .Fifo("special/fifo")
            .File("content/empty", "")
            .File("content/one", "1")
            .File("content/below-minimum", SplitMix.Bytes(1, (MiB / 2) - 1))
            .File("content/minimum", SplitMix.Bytes(2, MiB / 2))
            .File("content/above-minimum", SplitMix.Bytes(3, (MiB / 2) + 1))
            .File("content/random", SplitMix.Bytes(4, 3 * MiB))
            .File("content/again", SplitMix.Bytes(4, 3 * MiB))
            .File("content/zeros", new byte[3 * MiB / 2])
            .File("content/no-cut", new byte[9 * MiB])
            .File("content/text", string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i * 7919 % 1000}\n")))
            .File("attributes/file", "x", attributes: [("user.z", [1, 0xFF]), ("user.a", []), ("user.m", [.. "text"u8])])
            .Directory("attributes/dir", attributes: ("user.d", [7]));
        if (IsRoot)
        {
            tree
                .File("modes/none", "x", mode: 0)
                .File("modes/set-user", "x", mode: 0x9ED)
                .File("modes/set-group", "x", mode: 0x5ED)
                .File("modes/everything", "x", mode: 0xFFF)
                .File("attributes/trusted", "x", attributes: ("trusted.t", [0]))
                .Device("special/char", NodeType.CharDevice, 0x103)
                .Device("special/block", NodeType.BlockDevice, 1_050_412);
        }

        return tree;
    }

    /// <summary>With what restic 0.14 wrote otherwise: odd link targets, attributes of links, characters newer than Unicode 13.</summary>
    public static TreeOnDisk All()
    {
        TreeOnDisk tree = Common()
            .File("names/unicode 14 \U0001FAE0 15 \U0001FAE8", "new")
            .Symlink("links/bad target", (byte[])[.. "bad"u8, 0xFF, 0x80, .. "\uFFFD"u8])
            .Symlink("links/control", "\b\f\n\t\u0001\u007F\u2028");
        return IsRoot ? tree.Symlink("links/attributes", "x", attributes: ("trusted.link", [1])) : tree;
    }

    private static bool IsRoot => OperatingSystem.IsLinux() && Sots.Backup.Native.Libc.EffectiveUser() == 0;

    /// <summary>Makes a tree, and gives the folder itself a time of its own.</summary>
    public static void Write(this TreeOnDisk tree, string folder)
    {
        tree.WriteTo(folder);
        Directory.SetLastWriteTimeUtc(folder, new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc));
    }
}
