using System.Text.Json.Nodes;

namespace Sots.Cli.EditorTask;

/// <summary>A text of <c>tasks.json</c> with our tasks in it.</summary>
/// <param name="Text">The whole text; that which was given, where nothing was to be done.</param>
/// <param name="Added">Labels of tasks that were not there.</param>
/// <param name="Updated">Labels of tasks that were changed in place.</param>
internal sealed record MergedTasks(string Text, IReadOnlyList<string> Added, IReadOnlyList<string> Updated);

/// <summary>Puts our tasks into the text of a <c>tasks.json</c>. Everything else in it stays as it is, byte for byte.</summary>
internal static class TaskFile
{
    private static readonly string[] Platforms = ["windows", "linux", "osx"];

    /// <summary>Merges. Merging the result again changes nothing.</summary>
    /// <param name="text">The file as it is; empty for a new one.</param>
    /// <param name="setup">What the tasks start.</param>
    /// <exception cref="JsoncException">The text is broken, or no task file of a version that has labels.</exception>
    public static MergedTasks Merge(string text, TaskSetup setup)
    {
        JsoncNode? root = JsoncReader.Read(text);
        if (root is null)
        {
            string separator = text.Length == 0 || text[^1] is '\n' or '\r' or '\uFEFF' ? "" : "\n";
            return new MergedTasks(text + separator + JsoncEdits.Write(Whole(setup)) + "\n", [.. TaskCatalog.Labels], []);
        }

        Require(text, root, JsoncKind.Object, "the file has to hold an object in braces");
        if (root.Find("version") is { } version && version.Text != "2.0.0")
        {
            throw JsoncException.At(text, version.Start, "only task files of version \"2.0.0\" have tasks with labels");
        }

        JsoncEdits edits = new(text, root);
        List<string> updated = [];
        JsoncNode? tasks = Section(text, root, "tasks");
        foreach (JsoncNode existing in (tasks?.Items ?? []).Where(task => task.Kind == JsoncKind.Object))
        {
            if (TaskCatalog.All(setup).FirstOrDefault(entry => entry.Label == LabelOf(existing)) is { Task: { } wanted } ours && Update(edits, existing, wanted))
            {
                updated.Add(ours.Label);
            }
        }

        HashSet<string?> there = [.. (tasks?.Items ?? []).Select(LabelOf)];
        List<(string Label, JsonObject Task)> missing = [.. TaskCatalog.All(setup).Where(entry => !there.Contains(entry.Label))];
        JsoncNode? inputs = Section(text, root, "inputs");
        bool asks = inputs?.Items.Any(input => input.FindText("id") == TaskCatalog.TargetInput) ?? false;

        List<KeyValuePair<string, JsonNode>> sections = [];
        AddTo(root, "version", "2.0.0", sections);
        AddAll(edits, tasks, "tasks", [.. missing.Select(entry => New(entry.Label, entry.Task))], sections);
        AddAll(edits, inputs, "inputs", asks ? [] : [TaskCatalog.Input(setup)], sections);
        edits.Append(root, sections);
        return new MergedTasks(edits.Any ? edits.Apply() : text, [.. missing.Select(entry => entry.Label)], updated);
    }

    /// <summary>Brings an older task of ours up to date: only the members that decide what runs, one by one, so that comments stay.</summary>
    private static bool Update(JsoncEdits edits, JsoncNode existing, JsonObject wanted)
    {
        bool changed = false;
        List<KeyValuePair<string, JsonNode>> added = [];
        foreach ((string name, JsonNode? value) in wanted)
        {
            JsoncNode? old = existing.Find(name);
            if (old is null)
            {
                added.Add(new(name, value!.DeepClone()));
            }
            else if (name == "options" && old.Kind == JsoncKind.Object)
            {
                changed |= Update(edits, old, value!.AsObject());
            }
            else if (!old.Says(value))
            {
                edits.Replace(old, value!);
                changed = true;
            }
        }

        // What is written for one system alone would win over what was just set.
        foreach (JsoncNode platform in Platforms.Select(existing.Find).OfType<JsoncNode>().Where(node => !node.Says(new JsonObject())))
        {
            edits.Replace(platform, new JsonObject());
            changed = true;
        }

        edits.Append(existing, added);
        return changed || added.Count > 0;
    }

    private static string? LabelOf(JsoncNode task) => task.FindText("label") ?? task.FindText("taskName");

    private static JsonObject New(string label, JsonObject task)
    {
        foreach ((string name, JsonNode? value) in TaskCatalog.FirstTime(label))
        {
            task[name] = value!.DeepClone();
        }

        return task;
    }

    private static JsonObject Whole(TaskSetup setup) => new()
    {
        ["version"] = "2.0.0",
        ["tasks"] = new JsonArray([.. TaskCatalog.All(setup).Select(entry => New(entry.Label, entry.Task))]),
        ["inputs"] = new JsonArray(TaskCatalog.Input(setup)),
    };

    private static void AddTo(JsoncNode root, string name, JsonNode value, List<KeyValuePair<string, JsonNode>> sections)
    {
        if (root.Find(name) is null)
        {
            sections.Add(new(name, value));
        }
    }

    private static void AddAll(JsoncEdits edits, JsoncNode? section, string name, IReadOnlyList<JsonNode> entries, List<KeyValuePair<string, JsonNode>> sections)
    {
        if (section is not null)
        {
            edits.Append(section, entries);
        }
        else if (entries.Count > 0)
        {
            sections.Add(new(name, new JsonArray([.. entries])));
        }
    }

    private static JsoncNode? Section(string text, JsoncNode root, string name) =>
        root.Find(name) is { } section ? Require(text, section, JsoncKind.Array, $"\"{name}\" has to be a list in brackets") : null;

    private static JsoncNode Require(string text, JsoncNode node, JsoncKind kind, string message) =>
        node.Kind == kind ? node : throw JsoncException.At(text, node.Start, message);
}
