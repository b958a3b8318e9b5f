using System.Text;
using Sots.Backup;
using Sots.Backup.Restoring;
using Sots.Restic.Trees;

namespace Sots.Fuzzing.Targets;

/// <summary>
/// From names of a repository to places on a disk, by the rules of Linux and of Windows. The first byte chooses the system; the rest is one
/// name, and a path too.
/// </summary>
internal sealed class SafePathTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "safe-path";

    /// <inheritdoc/>
    public override string About => "names to paths on Linux and Windows: a name that is not refused is one entry of its folder, and no other name is the same entry";

    /// <inheritdoc/>
    public override int MaxLength => 600;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => Utf8(
        "0name", "1name", "1..", "1a/../b", "1C:\\a\\..\\b", "1\\\\host\\share\\x\\.\\y", "1\\\\?\\C:\\x", "1\\\\?\\UNC\\h\\s\\t", "1c:", "1c:x", "1CON.txt", "1COM\u00b9", "1a.", "1a ", "1a:b", "0/a/./b/../..//c/", "0..", "1/x");

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words =>
    [
        .. Utf8("..", ".", "/", "\\", ":", "C:", "\\\\?\\", "\\\\.\\", "\\??\\", "UNC", "CON", "nul", "LPT1", "COM\u00b2", "CONIN$", "CLOCK$", " ", ".", "\0", "\u001f", "\ufffd", "*", "::$DATA", "GLOBALROOT"),
        [0xED, 0xA0, 0x80], [0xED, 0xB0, 0x80], [0xFF],
    ];

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return false;
        }

        bool windows = (input[0] & 1) != 0;
        PathRules rules = windows ? PathRules.Windows : PathRules.Posix;
        DiskPath folder = DiskPath.FromText(windows ? @"C:\target" : "/target");
        CheckPath(rules, new DiskPath(input[1..].ToArray()), folder);
        byte[] name = input[1..].ToArray();
        if (TargetNames.WhyRefused(name, rules) is { } reason)
        {
            Law.Holds(reason.Length > 0, "a refusal has a reason");
            return false;
        }

        Law.Holds(Node.IsSafeName(name), "a name that is not refused is a safe one");
        DiskPath path = rules.Join(folder, name);
        Law.Same(path.Bytes, rules.Clean(path).Bytes, "a path with a name that is not refused is clean");
        Law.Same(folder.Bytes, rules.Parent(path).Bytes, "a name that is not refused stays in its folder");
        Law.Same(name, rules.Base(path), "a name that is not refused is one component");
        Law.Holds(rules.IsWithin(path, folder) && !rules.IsWithin(folder, path), "a path with a name that is not refused lies below its folder");
        if (windows)
        {
            // The system is given text: another name that becomes the same text would be the same file.
            Law.Same(name, PathText.ToBytes(PathText.ToText(name)), "a name that is not refused survives becoming text");
            Law.Holds(WindowsPathRules.Extend(path) == @"\\?\C:\target\" + PathText.ToText(name), "an extended path ends with the name");
        }

        return true;
    }

    private static void CheckPath(PathRules rules, DiskPath path, DiskPath working)
    {
        DiskPath clean = rules.Clean(path);
        Law.Same(clean.Bytes, rules.Clean(clean).Bytes, "cleaning a clean path changes nothing");
        DiskPath absolute = rules.MakeAbsolute(path, working);
        Law.Holds(rules.IsAbsolute(absolute), "a path that was made absolute is absolute");
        Law.Same(absolute.Bytes, rules.Clean(absolute).Bytes, "a path that was made absolute is clean");
        Law.Holds(rules.IsWithin(absolute, rules.Parent(absolute)), "a path lies below its parent");
        foreach (byte[] name in rules.SnapshotComponents(path))
        {
            Law.Holds(name.Contains((byte)0) || Node.IsSafeName(name), $"components of a target are safe names: {Encoding.Latin1.GetString(name)}");
        }
    }
}
