using Sots.Backup;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Interop.Tests;

/// <summary>Makes a folder equal to a state of a project as work on it does: changed files are replaced, unchanged ones not touched.</summary>
internal static class ProjectState
{
    /// <summary>Copies what differs in length or time, removes what the state does not have, and gives folders the times they have there.</summary>
    public static void Apply(string state, string live)
    {
        foreach (string there in Directory.EnumerateFileSystemEntries(live, "*", SearchOption.AllDirectories).ToList())
        {
            string wanted = Path.Combine(state, Path.GetRelativePath(live, there));
            if (File.Exists(there) && !File.Exists(wanted))
            {
                File.Delete(there);
            }
            else if (Directory.Exists(there) && !Directory.Exists(wanted))
            {
                Directory.Delete(there, recursive: true);
            }
        }

        foreach (string file in Directory.EnumerateFiles(state, "*", SearchOption.AllDirectories))
        {
            FileInfo wanted = new(file), there = new(Path.Combine(live, Path.GetRelativePath(state, file)));
            if (!there.Exists || there.Length != wanted.Length || there.LastWriteTimeUtc != wanted.LastWriteTimeUtc)
            {
                there.Directory!.Create();
                there.Delete();
                wanted.CopyTo(there.FullName);
            }
        }

        CopyMetadata(DiskPath.FromText(state), DiskPath.FromText(live));
    }

    /// <summary>Metadata of everything, folders after what is in them.</summary>
    private static void CopyMetadata(DiskPath state, DiskPath live)
    {
        SourceFileSystem disk = SourceFileSystem.Current;
        using TargetDirectory target = TargetFileSystem.Current.OpenRoot(live, create: true);
        foreach (SourceEntry entry in disk.ReadDirectory(state))
        {
            Node node = disk.CreateNode(entry.Name, state.Join(entry.Name), entry.Status, _ => 0, withAccessTime: false, Assert.Fail);
            if (entry.Status.IsDirectory)
            {
                target.OpenOrCreateDirectory(entry.Name).Dispose();
                CopyMetadata(state.Join(entry.Name), live.Join(entry.Name));
            }

            if (!target.TryGetStatus(entry.Name, out FileStatus there)
                || there.Mode != entry.Status.Mode || there.ModifiedTime != entry.Status.ModifiedTime
                || there.UserId != entry.Status.UserId || there.GroupId != entry.Status.GroupId)
            {
                target.ApplyMetadata(node, MetadataOptions.Default, Assert.Fail);
            }
        }

        FileStatus own = disk.GetStatus(state, followLinks: true);
        target.ApplyOwnMetadata(disk.CreateNode([.. "."u8], state, own, _ => 0, withAccessTime: false, Assert.Fail), MetadataOptions.Default, Assert.Fail);
    }
}
