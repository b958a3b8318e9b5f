using Sots.Backup.Operations;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// Removes from restored directories what the snapshot does not have. Never in a directory of which anything is uncertain: a tree that
/// could not be read whole, a name that was refused.
/// </summary>
internal sealed class SurplusRemoval(DirectoryHandles directories, RestoreOptions options, Action<DiskPathText, bool> removed, Action<string, string> problem)
{
    /// <summary>Removes the surplus of one directory.</summary>
    public void Clean(PlannedDirectory directory)
    {
        if (!directory.IsExact || directory.Names is null)
        {
            return;
        }

        bool byText = directory.Names.Comparer == StringComparer.OrdinalIgnoreCase;
        try
        {
            using DirectoryHandles.Lease lease = directories.Borrow(directory);
            foreach (byte[] name in lease.Directory.Entries())
            {
                DiskPathText path = directory.Path.Join(name);
                if (directory.Names.Contains(byText ? PathText.ToText(name) : Convert.ToHexString(name))
                    || !lease.Directory.TryGetStatus(name, out FileStatus status)
                    || !options.Filter.Selects(path.Bytes, status.Type == NodeType.Directory))
                {
                    continue;
                }

                if (!options.DryRun)
                {
                    lease.Directory.Remove(name, recursive: true);
                }

                removed(path, status.Type == NodeType.Directory);
            }
        }
        catch (TargetException e) when (!(options.DryRun && e.Kind == TargetErrorKind.Missing))
        {
            problem(directory.Path.ToString(), e.Message);
        }
        catch (TargetException)
        {
            // A dry run into a folder that is not there yet.
        }
    }
}
