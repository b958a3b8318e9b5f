using System.Globalization;

namespace Sots.Unreal;

/// <summary>Reads /proc.</summary>
internal sealed class LinuxProcessTable : ProcessTable
{
    /// <inheritdoc/>
    public override IReadOnlyList<RunningProcess> Find(Func<string, bool> isWanted)
    {
        List<RunningProcess> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                continue;
            }

            try
            {
                string name = File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd('\n');
                if (isWanted(name))
                {
                    string[] arguments = File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
                    found.Add(new RunningProcess(id, name, arguments, OpenPaths(folder)));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile, or somebody else's.
            }
        }

        return found;
    }

    private static List<string> OpenPaths(string folder)
    {
        List<string> paths = [];
        try
        {
            IEnumerable<FileInfo> links = Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd")).Prepend(Path.Combine(folder, "cwd")).Select(path => new FileInfo(path));
            paths.AddRange(links.Select(link => link.LinkTarget).OfType<string>());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was found until now is all there is.
        }

        return paths;
    }
}
