using System.Globalization;
using Sots.Backup;
using Sots.Backup.Sources;

namespace Sots.Cli.Doctor;

/// <summary>Asks /sys which disk a file system lies on.</summary>
internal sealed class LinuxSystemFacts : SystemFacts
{
    /// <inheritdoc/>
    public override bool? LongPathsEnabled => null;

    /// <inheritdoc/>
    public override bool HasDefender => false;

    /// <inheritdoc/>
    public override string? DiskOf(string folder)
    {
        try
        {
            ulong device = SourceFileSystem.Current.GetStatus(DiskPath.FromText(folder), followLinks: true).DeviceId;
            ulong major = ((device >> 8) & 0xFFF) | ((device >> 32) & ~0xFFFUL);
            ulong minor = (device & 0xFF) | ((device >> 12) & ~0xFFUL);
            string entry = string.Create(CultureInfo.InvariantCulture, $"/sys/dev/block/{major}:{minor}");
            if (!Directory.Exists(entry) || Directory.ResolveLinkTarget(entry, returnFinalTarget: true) is not { } block)
            {
                // A network or memory file system: no disk of this machine, but itself a place.
                return string.Create(CultureInfo.InvariantCulture, $"{major}:{minor}");
            }

            // A partition lies in the folder of its disk.
            return File.Exists(Path.Combine(block.FullName, "partition")) ? Path.GetFileName(Path.GetDirectoryName(block.FullName)) : block.Name;
        }
        catch (Exception e) when (e is SourceException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
