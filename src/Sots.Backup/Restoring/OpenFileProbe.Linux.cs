using System.Globalization;
using Sots.Backup.Sources;

namespace Sots.Backup.Restoring;

/// <summary>
/// Looks through the open files of all processes that may be looked at, and through the system's list of locks. A file that is only read
/// is not held: renaming over it leaves the reader what it has.
/// </summary>
internal sealed class LinuxOpenFileProbe : OpenFileProbe
{
    private const int AccessModes = 3;

    /// <inheritdoc/>
    public override IReadOnlyList<HeldFile> Find(IReadOnlyCollection<DiskPath> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
        {
            return [];
        }

        Dictionary<string, DiskPath> wanted = new(StringComparer.Ordinal);
        foreach (DiskPath file in files)
        {
            wanted[RealPath.Of(DiskPaths.Parent(file)).Join(DiskPaths.Base(file)).ToString()] = file;
        }

        Dictionary<DiskPath, string> held = [];
        foreach (string process in Names("/proc").Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id != Environment.ProcessId))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (string descriptor in Names($"/proc/{process}/fd"))
            {
                if (LinkOf($"/proc/{process}/fd/{descriptor}") is { } path && wanted.TryGetValue(path, out DiskPath file) && IsForWriting($"/proc/{process}/fdinfo/{descriptor}"))
                {
                    held[file] = NameOf(process);
                }
            }
        }

        AddLocked(files, held);
        return [.. held.Select(entry => new HeldFile(entry.Key, entry.Value))];
    }

    /// <summary>Lines are: <c>1: FLOCK ADVISORY WRITE 4711 08:01:131 0 EOF</c>; the number after the device is the inode.</summary>
    private static void AddLocked(IReadOnlyCollection<DiskPath> files, Dictionary<DiskPath, string> held)
    {
        Dictionary<ulong, (string Device, string Process)> locks = [];
        foreach (string[] words in TextOf("/proc/locks").Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length >= 6))
        {
            string[] place = words[5].Split(':');
            if (place.Length == 3 && ulong.TryParse(place[2], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
                && words[4] != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            {
                locks[inode] = ($"{place[0]}:{place[1]}", words[4]);
            }
        }

        foreach (DiskPath file in files.Where(file => locks.Count > 0 && !held.ContainsKey(file)))
        {
            try
            {
                FileStatus status = SourceFileSystem.Current.GetStatus(file, followLinks: false);
                if (locks.TryGetValue(status.Inode, out (string Device, string Process) found) && found.Device == DeviceText(status.DeviceId))
                {
                    held[file] = NameOf(found.Process);
                }
            }
            catch (SourceException)
            {
                // Gone meanwhile.
            }
        }
    }

    /// <summary>Major and minor number, as the kernel writes them there.</summary>
    private static string DeviceText(ulong device)
    {
        ulong major = ((device >> 8) & 0xFFF) | ((device >> 32) & ~0xFFFUL);
        ulong minor = (device & 0xFF) | ((device >> 12) & ~0xFFUL);
        return string.Create(CultureInfo.InvariantCulture, $"{major:x2}:{minor:x2}");
    }

    private static bool IsForWriting(string description)
    {
        string? flags = TextOf(description).Split('\n').FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return flags is not null && flags.Trim() is [.., >= '0' and <= '7' and char last] && ((last - '0') & AccessModes) != 0;
    }

    private static string NameOf(string process) => TextOf($"/proc/{process}/comm").Trim() is { Length: > 0 } name ? $"{name} (process {process})" : $"process {process}";

    private static IEnumerable<string> Names(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(entry => entry.Name)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
