using System.CommandLine;

namespace Sots.Cli.Commands;

/// <summary><c>push</c>: what changed in a project since the last time.</summary>
internal static class PushCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global) => ProjectBackup.Build(
        "push", "Save what changed in the project? Reads only that; works as the first run too.", readEverything: false, environment, global);
}
