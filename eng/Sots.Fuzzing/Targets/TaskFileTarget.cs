using System.Text;
using System.Text.Json;
using Sots.Cli.EditorTask;

namespace Sots.Fuzzing.Targets;

/// <summary>The editor's file of tasks, which is changed in place.</summary>
internal sealed class TaskFileTarget : FuzzTarget
{
    private static readonly TaskSetup Setup = new("sots_backup", "${workspaceFolder}", "../Game_Restored");

    /// <inheritdoc/>
    public override string Name => "task-file";

    /// <inheritdoc/>
    public override string About => "tasks.json: what the runtime reads is read; what is merged is JSON, and merging again changes nothing";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            string whole = TaskFile.Merge("", Setup).Text;
            return Utf8(
                "", "// nothing\n", whole, whole.Replace("\n", "\r\n", StringComparison.Ordinal), whole.Replace("push", "pull", StringComparison.Ordinal),
                "\uFEFF{\n\t\"version\": \"2.0.0\", // v\n\t\"tasks\": [ { \"label\": \"x\", /* y */ \"windows\": {} }, ],\n}\n",
                "{\"tasks\":[{\"taskName\":\"a\"},1,null],\"inputs\":[{\"id\":\"sots_backup_target\"}],\"version\":\"2.0.0\",\"x\":-1.5e+3}");
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words =>
    [
        .. Utf8("version", "2.0.0", "tasks", "inputs", "label", "taskName", "windows", "linux", "osx", "options", "cwd", "command", "args", "type", "process", "id", "//x\n", "/*", "*/", "\r", "\t", ",", "\\u006c"),
        .. Utf8(TaskCatalog.Labels.Append(TaskCatalog.TargetInput)),
    ];

    /// <inheritdoc/>
    public override long AllocationLimit(int inputLength) => (4 << 20) + (4096L * inputLength);

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(input);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        bool isJson = IsJson(text);
        MergedTasks merged;
        try
        {
            merged = TaskFile.Merge(text, Setup);
        }
        catch (JsoncException e)
        {
            Law.Holds(!isJson || IsRefusedForItsMeaning(text), "what the runtime reads as JSON is read");
            Law.Holds(e.Line >= 1 && e.Column >= 1 && e.Line <= text.Count(static c => c is '\n' or '\r') + 1, "an error names a line of the file");
            return false;
        }

        // The runtime knows no comments between a name and its colon, so it is asked only where it took the input.
        Law.Holds(!isJson || IsJson(merged.Text), "what is merged is JSON");
        MergedTasks again = TaskFile.Merge(merged.Text, Setup);
        Law.Holds(again.Text == merged.Text && again.Added.Count == 0 && again.Updated.Count == 0, "merging again changes nothing");
        return true;
    }

    private static bool IsRefusedForItsMeaning(string text)
    {
        try
        {
            JsoncReader.Read(text);
            return true;
        }
        catch (JsoncException)
        {
            return false;
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text.TrimStart('\uFEFF'), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 100 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
