using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Cli.Commands;

/// <summary>
/// A note beside the repository while an undo is at work: the id of the snapshot that it goes back to, written before the undo's own safety
/// snapshot is. Without the note an undo that was killed, run again, would be taken for an undo of itself. Losing the note costs no more
/// than that; one that was left behind counts only while the newest safety snapshot is that of this very undo. Where only files are left
/// that were edited since, the note says so, and the undo goes on only where it is forced to.
/// </summary>
internal static class UnfinishedUndo
{
    private const string Name = "restore-undo.unfinished", ButForEdited = " but for edited files";

    /// <summary>Writes the note.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void Begin(ProjectSettings project, SnapshotId goal) => Write(project, goal.ToString());

    /// <summary>Notes that everything was done but for files that were edited since. Losing this costs no more than having to name a snapshot.</summary>
    public static void EndButForEdited(ProjectSettings project, SnapshotId goal)
    {
        try
        {
            Write(project, goal + ButForEdited);
        }
        catch (UsageException)
        {
            End(project);
        }
    }

    private static void Write(ProjectSettings project, string note)
    {
        string path = PathOf(project);
        string aside = path + ".tmp";
        try
        {
            Directory.CreateDirectory(project.BackupRoot.Value);
            using (FileStream file = new(aside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(note));
                DiskFlush.File(file.SafeFileHandle);
            }

            File.Move(aside, path, overwrite: true);
            DiskFlush.Folder(project.BackupRoot.Value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be written: {e.Message}", "Nothing in the project was changed. Make the backup folder writable.");
        }
    }

    /// <summary>Removes the note.</summary>
    public static void End(ProjectSettings project)
    {
        try
        {
            File.Delete(PathOf(project));

            // A folder that is no project has its backup elsewhere: then the note was alone there.
            if (Directory.Exists(project.BackupRoot.Value) && !Directory.EnumerateFileSystemEntries(project.BackupRoot.Value).Any())
            {
                Directory.Delete(project.BackupRoot.Value);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is only followed while the newest safety snapshot is that of this undo.
        }
    }

    /// <summary>Whether an undo that goes back to this snapshot did not come to its end.</summary>
    /// <param name="project">The project.</param>
    /// <param name="goal">The snapshot.</param>
    /// <param name="force">Whether edited files are to be overwritten: then one that left only those did not either.</param>
    public static bool Is(ProjectSettings project, SnapshotId goal, bool force)
    {
        try
        {
            FileInfo file = new(PathOf(project));
            string note = file.Exists && file.Length <= ContentId.HexLength + ButForEdited.Length ? File.ReadAllText(file.FullName) : "";
            return note == goal.ToString() || (force && note == goal + ButForEdited);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string PathOf(ProjectSettings project) => Path.Combine(project.BackupRoot.Value, Name);
}
