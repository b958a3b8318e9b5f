using Sots.Cli.Setup;

namespace Sots.Cli.EditorTask;

/// <summary>The step of `init` that puts the tasks into Visual Studio Code's file in the project's folder.</summary>
internal sealed class ProjectEditorTask(CliEnvironment environment) : IEditorTask
{
    /// <inheritdoc/>
    public string FileOf(ProjectSettings project) => VisualStudioCodeTasks.FileIn(project.Root.Value);

    /// <inheritdoc/>
    public bool IsThere(ProjectSettings project) => VisualStudioCodeTasks.AreIn(project.Root.Value, ProgramLocation.OfThisProgram(environment));

    /// <inheritdoc/>
    public void Add(CommandRun run, ProjectSettings project)
    {
        try
        {
            run.Reporter.EditorTasks(VisualStudioCodeTasks.Merge(project.Root.Value, workspace: null, ProgramLocation.OfThisProgram(environment)));
        }
        catch (UsageException e)
        {
            run.Reporter.Warning($"warning: no editor task was added: {e.Message} {e.Advice}".TrimEnd());
        }
    }
}
