namespace Sots.Cli.Setup;

/// <summary>Puts the task `push sots_backup` into a project's code editor; a step of `init`.</summary>
internal interface IEditorTask
{
    /// <summary>The file that it writes to, for people.</summary>
    string FileOf(ProjectSettings project);

    /// <summary>Whether the task is there, so that nothing would be changed.</summary>
    bool IsThere(ProjectSettings project);

    /// <summary>Adds it and says so. What is there stays; a file that cannot be understood is left alone with a warning.</summary>
    void Add(CommandRun run, ProjectSettings project);
}
