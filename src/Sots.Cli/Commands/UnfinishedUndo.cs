using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Cli.Commands;

/// <summary>
/// A note beside the repository while an undo is at work: the id of the snapshot that it goes back to, written before the undo's own safety
/// snapshot is. Without the note an undo that was killed, run again, would be taken for an undo of itself. Losing the note costs no more
/// than that; one that was left behind counts only while the newest safety snapshot is that of this very undo.
/// </summary>
internal static class UnfinishedUndo
{
    private const string Name = "restore-undo.unfinished";

    /// <summary>Writes the note.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void Begin(ProjectSettings project, SnapshotId goal)
    {
        string path = PathOf(project);
        string aside = path + ".tmp";
        try
        {
            Directory.CreateDirectory(project.BackupRoot.Value);
            using (FileStream file = new(aside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(goal.ToString()));
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
    public static bool Is(ProjectSettings project, SnapshotId goal)
    {
        try
        {
            FileInfo note = new(PathOf(project));
            return note is { Exists: true, Length: ContentId.HexLength } && File.ReadAllText(note.FullName) == goal.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string PathOf(ProjectSettings project) => Path.Combine(project.BackupRoot.Value, Name);
}
