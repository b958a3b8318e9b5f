using System.Text;

namespace Sots.Cli.EditorTask;

/// <summary>What became of a task file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Created">Whether it was not there before.</param>
/// <param name="Added">Labels of tasks that were not there.</param>
/// <param name="Updated">Labels of tasks that were changed in place.</param>
/// <param name="Changed">Whether the file was written at all.</param>
internal sealed record TaskMerge(string Path, bool Created, IReadOnlyList<string> Added, IReadOnlyList<string> Updated, bool Changed)
{
    /// <summary>For people.</summary>
    public string ToText() => !Changed ? $"{Path} has the tasks already; nothing was changed"
        : $"{(Created ? "created" : "changed")} {Path}"
            + (Added.Count > 0 ? $"\nadded: {string.Join(", ", Added)}" : "")
            + (Updated.Count > 0 ? $"\nbrought up to date: {string.Join(", ", Updated)}" : "");
}

/// <summary>Visual Studio Code's tasks for a project, in <c>.vscode/tasks.json</c> of the folder that is opened in the editor.</summary>
internal static class VisualStudioCodeTasks
{
    /// <summary>Longest file that is read, in bytes. A task file has a few thousand.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Puts the tasks into the file; makes the file where there is none. What cannot be understood is left alone.</summary>
    /// <param name="projectRoot">Folder of the project, absolute: the tasks run there.</param>
    /// <param name="workspace">Folder that is opened in the editor, absolute; null for that of the project.</param>
    /// <param name="program">What the tasks start, see <see cref="ProgramLocation"/>.</param>
    /// <exception cref="UsageException">The file is broken, or cannot be read or written. It is as it was.</exception>
    public static TaskMerge Merge(string projectRoot, string? workspace, string program)
    {
        string path = FileIn(workspace ?? projectRoot);
        TaskSetup setup = SetupOf(projectRoot, workspace ?? projectRoot, program);
        try
        {
            if (workspace is not null && !Directory.Exists(workspace))
            {
                throw new UsageException($"there is no folder {workspace}", "Name the folder that you open in the editor.");
            }

            return MergeInto(path, Path.GetDirectoryName(path)!, setup);
        }
        catch (JsoncException e)
        {
            throw new UsageException(
                $"{path}, line {e.Line}, column {e.Column}: {e.Message}", "The file was left alone. Correct it in the editor and run `sots_backup vscode` again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be changed: {e.Message}", "The file was left alone. The tasks are a convenience; the backup works without them.");
        }
    }

    /// <summary>The file of tasks in an opened folder.</summary>
    public static string FileIn(string workspace) => Path.Combine(workspace, ".vscode", "tasks.json");

    /// <summary>Whether the project's own folder has the tasks, so that a merge would change nothing. False where the file cannot be understood.</summary>
    public static bool AreIn(string projectRoot, string program)
    {
        try
        {
            string path = FileIn(projectRoot);
            return Read(path) is { } bytes && Decode(bytes, path) is var text && TaskFile.Merge(text, SetupOf(projectRoot, projectRoot, program)).Text == text;
        }
        catch (Exception e) when (e is JsoncException or UsageException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static TaskSetup SetupOf(string projectRoot, string workspace, string program) =>
        new(program, DirectoryText(projectRoot, workspace), $"../{Path.GetFileName(projectRoot)}_Restored");

    private static TaskMerge MergeInto(string path, string folder, TaskSetup setup)
    {
        if (File.Exists(folder))
        {
            throw new UsageException($"{folder} is a file where the editor has a folder", "Move it away and run `sots_backup vscode` again.");
        }

        if (Directory.Exists(path))
        {
            throw new UsageException($"{path} is a folder where the editor has a file", "Move it away and run `sots_backup vscode` again.");
        }

        // A link stays one: what it points to is changed.
        bool isLink = new FileInfo(path).LinkTarget is not null;
        string target = isLink ? File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName : path;
        if (isLink && !File.Exists(target))
        {
            throw new UsageException($"{path} is a link to {target}, and there is no such file", "Remove the link, or make the file.");
        }

        byte[]? before = Read(target);
        MergedTasks merged = TaskFile.Merge(before is null ? "" : Decode(before, target), setup);
        byte[] after = Strict.GetBytes(merged.Text);
        bool changed = before is null || !after.AsSpan().SequenceEqual(before);
        if (changed)
        {
            Save(target, folder, before, after);
        }

        return new TaskMerge(path, before is null, merged.Added, merged.Updated, changed);
    }

    private static void Save(string target, string folder, byte[]? before, byte[] after)
    {
        if (before is not null && new FileInfo(target).IsReadOnly)
        {
            throw new UsageException($"{target} is read-only", "Check it out in your version control, or make it writable, and run `sots_backup vscode` again.");
        }

        Directory.CreateDirectory(folder);
        byte[]? now = Read(target);
        if ((now is null) != (before is null) || (now is not null && !now.AsSpan().SequenceEqual(before)))
        {
            throw new UsageException($"{target} was changed by another program at this moment", "Run `sots_backup vscode` again.");
        }

        NewFile.Replace(target, after);
    }

    private static byte[]? Read(string path)
    {
        FileInfo file = new(path);
        return !file.Exists ? null
            : file.Length <= MaxBytes ? File.ReadAllBytes(path)
            : throw new UsageException($"{path} is longer than {MaxBytes} bytes: that is no file of tasks", "It was left alone.");
    }

    private static string Decode(byte[] bytes, string path)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            string before = Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Max(0, e.Index)));
            JsoncException fault = JsoncException.At(before, before.Length, "this is no UTF-8");
            throw new UsageException($"{path}, line {fault.Line}, column {fault.Column}: {fault.Message}", "The file was left alone. Save it as UTF-8 in the editor and run `sots_backup vscode` again.");
        }
    }

    /// <summary>The project's folder in the editor's words: relative to the opened folder, so that the file can be shared with the team.</summary>
    private static string DirectoryText(string projectRoot, string workspace)
    {
        string relative = Path.GetRelativePath(workspace, projectRoot).Replace(Path.DirectorySeparatorChar, '/');
        string text = relative == "." ? "${workspaceFolder}"
            : Path.IsPathRooted(relative) || (relative.Length > 1 && relative[1] == ':') ? relative
            : "${workspaceFolder}/" + relative;
        return !relative.Contains("${", StringComparison.Ordinal) ? text : throw new UsageException(
            $"the path {projectRoot} has ${{ in it, which the editor takes for a variable", "Rename that folder, or start backups from a terminal.");
    }
}
