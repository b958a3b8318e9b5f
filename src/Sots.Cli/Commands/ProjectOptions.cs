using System.CommandLine;

namespace Sots.Cli.Commands;

/// <summary>The flags that say which project is meant and where its backup lies.</summary>
internal sealed class ProjectOptions
{
    private readonly Option<string?> _project = Symbols.Text("--project", null, "folder", "Which Unreal project? (default: the one the current folder lies in)");
    private readonly Option<string?> _backupRoot = Symbols.Text("--backup-root", null, "folder", "Folder of the backup (default: <project>_Backup beside the project)");

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_project);
        command.Add(_backupRoot);
    }

    /// <summary>Reads the flags.</summary>
    public ProjectFlags Read(ParseResult parse) => new(parse.GetValue(_project), parse.GetValue(_backupRoot));
}
