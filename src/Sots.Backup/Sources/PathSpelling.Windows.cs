using System.Runtime.Versioning;
using Sots.Backup.Native;

namespace Sots.Backup.Sources;

/// <summary>
/// Looks up each name in its folder, which also turns short names (<c>PROGRA~1</c>) into long ones. Not through an open file: the name of
/// that has mapped and substituted drives and links replaced.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsPathSpelling : PathSpelling
{
    /// <inheritdoc/>
    public override string OnDisk(string path)
    {
        string root = Path.GetPathRoot(path) ?? "";
        string spelled = root is [_, ':', ..] ? char.ToUpperInvariant(root[0]) + root[1..] : root;
        foreach (string name in path[root.Length..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            spelled = Path.Join(spelled, NameOnDisk(Path.Join(spelled, name)) ?? name);
        }

        return spelled;
    }

    private static unsafe string? NameOnDisk(string path)
    {
        FindBuffer buffer;
        using FindHandle search = WindowsStatus.FindFirst(WindowsPathRules.Extend(DiskPath.FromText(path)), &buffer);
        return search.IsInvalid ? null : new string(buffer.Name);
    }
}
