using Sots.Backup;
using Sots.Cli.Configuration;
using Sots.Unreal;

namespace Sots.Cli.Setup;

/// <summary>
/// Prepares a project for its backups: shows what would be saved, asks, makes what is missing. What is there is never changed, so that it
/// may be run again at any time; wherever it is stopped, every part is there whole or not at all.
/// </summary>
/// <param name="run">Surroundings and reporter.</param>
/// <param name="project">The project.</param>
/// <param name="editor">The step that adds the editor task, or null for none.</param>
internal sealed class ProjectSetup(CommandRun run, ProjectSettings project, IEditorTask? editor)
{
    /// <summary>Runs.</summary>
    /// <param name="yes">Do not ask.</param>
    /// <param name="version">Format of a new repository.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="UsageException">Nobody can be asked, or something cannot be made.</exception>
    /// <exception cref="NotAgreedException">It is not wanted.</exception>
    public async Task<int> RunAsync(bool yes, int version, CancellationToken cancellationToken)
    {
        RepositorySetup.RefuseInsideEachOther(project);
        SetupPlan plan = SetupPlan.Of(project, editor);
        foreach (SetupPart part in plan.Parts.Where(static part => part.IsThere))
        {
            run.Reporter.Message($"{part.What} is there: {part.Path}");
        }

        if (project.Repository.Password is { Kind: PasswordKind.File } password && !File.Exists(password.Where) && File.Exists(Path.Combine(project.Repository.Location.Value, "config")))
        {
            throw new UsageException(
                $"the password file {password.Where} of the repository {project.Repository.Location.Value} is gone, and the repository cannot be opened without it",
                "Put your copy of it there, or name it with --password-file. A new password would not open what is there. Nothing was changed.");
        }

        if (plan.IsComplete)
        {
            run.Reporter.Report(new SetupReport(plan.Parts, made: false));
            return ExitCode.Complete;
        }

        Show(plan, cancellationToken);
        if (!yes)
        {
            UsageException nobody = new("nothing was made: there is no terminal to ask", "Look at the lines above; if they are right, add --yes.");
            ConfirmPrompt.Require(run.Environment, "Set this up? [y/n] ", "Nothing was made.", nobody, cancellationToken);
        }

        await MakeAsync(plan, version, cancellationToken).ConfigureAwait(false);
        return ExitCode.Complete;
    }

    private void Show(SetupPlan plan, CancellationToken cancellationToken)
    {
        ProjectSurvey survey = project.Excludes.Survey(project.Root.Value, run.Environment.Variable, cancellationToken);
        run.Reporter.Report(new SurveyReport(project.Root.Value, survey));
        OutsideLinks links = new(project.Root.Value);
        foreach (DiskPath link in survey.Links)
        {
            links.Add(link);
        }

        if (links.ToText() is { } text)
        {
            run.Reporter.Message(text + "\n");
        }

        run.Reporter.Message("would be made\n" + string.Join('\n', plan.Parts.Where(static part => !part.IsThere).Select(static part => $"  {part.What}: {part.Path}")) + "\n");
        string space = SurveyText.OfSpace(survey.SavedBytes, run.Environment.FreeSpace(project.Repository.Location.Value)?.FreeBytes, out bool enough);
        if (enough)
        {
            run.Reporter.Message(space);
        }
        else
        {
            run.Reporter.Warning("warning: " + space);
        }
    }

    private async Task MakeAsync(SetupPlan plan, int version, CancellationToken cancellationToken)
    {
        RepositorySetup.PrepareFolders(project);
        await RepositorySetup.EnsureAsync(run, project, version, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (!File.Exists(plan.SchemaPath) && NewFile.TryCreate(plan.SchemaPath, ConfigSchema.Text))
        {
            run.Reporter.Detail($"created {plan.SchemaPath}");
        }

        if (!Path.Exists(plan.ConfigPath) && NewFile.TryCreate(plan.ConfigPath, ConfigTemplate.Make(Shown(plan.SchemaPath), Chosen())))
        {
            run.Reporter.Message($"created config {plan.ConfigPath}");
        }

        if (editor is not null && !editor.IsThere(project))
        {
            editor.Add(run, project);
        }

        run.Reporter.Report(new SetupReport(plan.Parts, made: true));
    }

    /// <summary>What the config sets: where the backup lies, and whatever a flag or variable chose.</summary>
    private Dictionary<ConfigKey, string> Chosen()
    {
        Dictionary<ConfigKey, string> chosen = new() { [ConfigKeys.BackupRoot] = Quoted(Shown(project.BackupRoot.Value)) };
        foreach (ConfigKey key in ConfigKeys.Table)
        {
            if (project.Values.Find(key) is { Origin: ['-' or '$', ..] } said && key != ConfigKeys.ProjectRoot && key != ConfigKeys.BackupRoot && !IsDerived(key, said.Value))
            {
                chosen[key] = said.Value is string path ? Quoted(Shown(path)) : ConfigKey.Json(writer => key.Write(writer, said.Value));
            }
        }

        if (project.Repository.Password is { Origin: ['-' or '$', ..] } password && password.Kind is PasswordKind.File or PasswordKind.Command)
        {
            chosen[password.Kind == PasswordKind.File ? ConfigKeys.PasswordFile : ConfigKeys.PasswordCommand] =
                Quoted(password.Kind == PasswordKind.File ? Shown(password.Where) : password.Where);
        }

        return chosen;
    }

    /// <summary>Whether a value only follows from the backup folder, whose origin it has then.</summary>
    private bool IsDerived(ConfigKey key, object? value) =>
        (key == ConfigKeys.Repository || key == ConfigKeys.LogFolder) && value is string path && Path.GetDirectoryName(path) == project.BackupRoot.Value;

    /// <summary>A path as a config says it best: relative where it lies in or beside the project, so that both can move together.</summary>
    private string Shown(string path)
    {
        string beside = Path.GetDirectoryName(project.Root.Value) ?? project.Root.Value;
        bool near = Path.GetDirectoryName(beside) is not null && RepositorySetup.IsAtOrBelow(path, beside);
        string shown = (near ? Path.GetRelativePath(project.Root.Value, path) : path).Replace(Path.DirectorySeparatorChar, '/');
        return shown.Replace("$", "$$", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal);
    }

    private static string Quoted(string text) => ConfigKey.Json(writer => writer.WriteStringValue(text));
}
