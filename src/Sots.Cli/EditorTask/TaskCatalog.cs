using System.Text.Json.Nodes;

namespace Sots.Cli.EditorTask;

/// <summary>What the tasks start, and where.</summary>
/// <param name="Program">The program: its name where it is on the PATH, else its full path.</param>
/// <param name="Directory">Folder of the project as the editor is told, such as <c>${workspaceFolder}</c>.</param>
/// <param name="RestoreTarget">What the editor proposes as the folder to restore to, relative to the project.</param>
internal sealed record TaskSetup(string Program, string Directory, string RestoreTarget);

/// <summary>
/// The tasks as Visual Studio Code understands them. They are processes, not shell commands: the arguments arrive as they are written, on
/// every system and in every shell.
/// </summary>
internal static class TaskCatalog
{
    /// <summary>Name of the question where to restore to.</summary>
    public const string TargetInput = "sots_backup_target";

    /// <summary>
    /// Finds the lines that tell of a file: <c>error: open C:\Game\Map.umap: reason</c>, also with <c>warning</c>, without the verb, or with
    /// the program's name in front. The path is absolute; it ends at the first colon that a blank follows.
    /// </summary>
    public const string ProblemPattern = @"^(?:sots_backup: )?(?:error|warning): (?:[a-z]+ )?((?:[A-Za-z]:[\\/]|\\\\|/).*?): (.+)$";

    private static readonly (string Verb, string Detail)[] Verbs =
    [
        ("push", "Save what changed in the project"),
        ("full", "Save the project and read every file again"),
        ("restore-latest", "Put the newest snapshot into a folder"),
        ("forget-prune", "Remove snapshots that the policy does not keep, and free their space"),
        ("status", "When was the project last saved, and is all well?"),
    ];

    /// <summary>The labels of all tasks.</summary>
    public static IEnumerable<string> Labels => Verbs.Select(entry => LabelOf(entry.Verb));

    /// <summary>All tasks, with the members that decide what runs. These are kept up to date; see <see cref="FirstTime"/> for the rest.</summary>
    public static IEnumerable<(string Label, JsonObject Task)> All(TaskSetup setup) => Verbs.Select(entry => (LabelOf(entry.Verb), new JsonObject
    {
        ["label"] = LabelOf(entry.Verb),
        ["type"] = "process",
        ["command"] = setup.Program,
        ["args"] = entry.Verb == "restore-latest" ? new JsonArray(entry.Verb, "--target", $"${{input:{TargetInput}}}") : new JsonArray(entry.Verb),
        ["options"] = new JsonObject { ["cwd"] = setup.Directory },
        ["problemMatcher"] = Matcher(),
    }));

    /// <summary>Members that a task gets when it is made. Whoever changes them later has their reasons.</summary>
    public static JsonObject FirstTime(string label) => new()
    {
        ["detail"] = Verbs.First(entry => LabelOf(entry.Verb) == label).Detail,
        ["presentation"] = new JsonObject { ["reveal"] = "always", ["panel"] = "shared" },
    };

    /// <summary>The question where to restore to.</summary>
    public static JsonObject Input(TaskSetup setup) => new()
    {
        ["id"] = TargetInput,
        ["type"] = "promptString",
        ["description"] = "Restore the newest snapshot to which folder? Relative to the project's folder",
        ["default"] = setup.RestoreTarget,
    };

    private static string LabelOf(string verb) => verb + " sots_backup";

    private static JsonObject Matcher() => new()
    {
        ["owner"] = "sots_backup",
        ["source"] = "sots_backup",
        ["severity"] = "warning",
        ["fileLocation"] = "absolute",
        ["pattern"] = new JsonObject { ["kind"] = "file", ["regexp"] = ProblemPattern, ["file"] = 1, ["message"] = 2 },
    };
}
