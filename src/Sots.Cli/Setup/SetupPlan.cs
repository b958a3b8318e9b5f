using Sots.Cli.Configuration;

namespace Sots.Cli.Setup;

/// <summary>One thing that a project needs around it.</summary>
/// <param name="What">What it is.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="IsThere">Whether it is there already.</param>
internal sealed record SetupPart(string What, string Path, bool IsThere);

/// <summary>What `init` would make, and what is there.</summary>
/// <param name="Parts">All parts, in the order in which they are made.</param>
/// <param name="ConfigPath">Where the config lies or will lie.</param>
/// <param name="SchemaPath">Where the schema lies or will lie.</param>
internal sealed record SetupPlan(IReadOnlyList<SetupPart> Parts, string ConfigPath, string SchemaPath)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsComplete => Parts.All(static part => part.IsThere);

    /// <summary>Looks what is there.</summary>
    public static SetupPlan Of(ProjectSettings project, IEditorTask? editor)
    {
        string config = project.Config.Path ?? Path.Combine(project.Root.Value, ConfigFile.Name);
        string schema = Path.Combine(project.BackupRoot.Value, ConfigSchema.FileName);
        string repository = project.Repository.Location.Value;
        List<SetupPart> parts =
        [
            new("backup folder", project.BackupRoot.Value, Directory.Exists(project.BackupRoot.Value)),
            new("logs", project.LogFolder, Directory.Exists(project.LogFolder)),
        ];
        if (project.Repository.Password is { Kind: PasswordKind.File } password)
        {
            parts.Add(new SetupPart("password file", password.Where, File.Exists(password.Where)));
        }

        parts.Add(new SetupPart("repository", repository, File.Exists(Path.Combine(repository, "config"))));
        parts.Add(new SetupPart("schema of the config", schema, File.Exists(schema)));
        parts.Add(new SetupPart("config", config, Path.Exists(config)));
        if (editor is not null)
        {
            parts.Add(new SetupPart("editor task", editor.FileOf(project), editor.IsThere(project)));
        }

        return new SetupPlan(parts, config, schema);
    }
}
