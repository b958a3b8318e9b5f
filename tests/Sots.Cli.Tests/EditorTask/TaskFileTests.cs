using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Sots.Cli.EditorTask;

namespace Sots.Cli.Tests.EditorTask;

/// <summary>The text of a task file: what is ours gets in, all else stays.</summary>
public sealed class TaskFileTests
{
    private static readonly TaskSetup Setup = new("sots_backup", "${workspaceFolder}", "../Game_Restored");
    private static readonly JsonDocumentOptions AsEditor = new() { AllowTrailingCommas = true };

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("// nothing yet")]
    [InlineData("{}")]
    [InlineData("{ /* empty */ }")]
    [InlineData("{\n}")]
    [InlineData("{\"version\":\"2.0.0\",\"tasks\":[]}")]
    [InlineData("{\r\n\t\"version\": \"2.0.0\",\r\n\t\"tasks\": [\r\n\t\t// mine\r\n\t\t{ \"label\": \"build\", \"command\": \"ub\\u0074\" }, // keep\r\n\t],\r\n}\r\n")]
    [InlineData("{\n  \"tasks\": [\n    { \"label\": \"a\" } // last\n  ],\n  \"inputs\": [ ]\n}")]
    [InlineData("{ \"tasks\": [1, null, \"x\", {\"label\": 7}], \"tasks\": [] }")]
    public void All_tasks_are_there_afterwards_and_a_second_merge_changes_nothing(string text)
    {
        MergedTasks merged = TaskFile.Merge(text, Setup);
        AssertComplete(merged.Text);
        Assert.Equal(merged.Text, TaskFile.Merge(merged.Text, Setup).Text);
        Assert.Equal(5, merged.Added.Count);
        AssertSubsequence(text, merged.Text);
    }

    [Fact]
    public void New_lines_look_as_those_that_are_there()
    {
        string merged = TaskFile.Merge("{\r\n\t\"tasks\": [\r\n\t\t{ \"label\": \"a\" }, // it\r\n\t],\r\n}", Setup).Text;
        Assert.DoesNotContain("\n", merged.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.StartsWith("{\r\n\t\"tasks\": [\r\n\t\t{ \"label\": \"a\" }, // it\r\n\t\t{\r\n\t\t\t\"label\": \"push sots_backup\",\r\n\t\t\t\"type\"", merged, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\t\t},\r\n\t],\r\n\t\"version\": \"2.0.0\",\r\n\t\"inputs\": [\r\n\t\t{\r\n\t\t\t\"id\": \"sots_backup_target\",\r\n\t\t\t\"type\": \"promptString\","
            + "\r\n\t\t\t\"description\": \"Restore the newest snapshot to which folder? Relative to the project's folder\",\r\n\t\t\t\"default\": \"../Game_Restored\"\r\n\t\t}\r\n\t],\r\n}", merged, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_task_of_ours_is_brought_up_to_date_in_place()
    {
        const string before = """
            {
              "version": "2.0.0",
              "tasks": [
                {
                  // started by hand
                  "label": "push sots_backup", "type": "shell",
                  "command": "python", /* the old way */ "args": ["push.py"],
                  "windows": { "command": "py" },
                  "options": { "env": { "A": "1" } },
                  "group": "build",
                  "presentation": { "panel": "new" }
                },
                { "label": "other" }
              ]
            }
            """;
        MergedTasks merged = TaskFile.Merge(before, Setup);
        Assert.Equal(["push sots_backup"], merged.Updated);
        Assert.Equal(4, merged.Added.Count);
        Assert.Contains("// started by hand", merged.Text, StringComparison.Ordinal);
        Assert.Contains("/* the old way */", merged.Text, StringComparison.Ordinal);
        using JsonDocument document = Parse(merged.Text);
        JsonElement task = document.RootElement.GetProperty("tasks")[0];
        Assert.Equal("process", task.GetProperty("type").GetString());
        Assert.Equal("sots_backup", task.GetProperty("command").GetString());
        Assert.Equal("""["push"]""", Regex.Replace(task.GetProperty("args").GetRawText(), @"\s", ""));
        Assert.Equal("{}", task.GetProperty("windows").GetRawText());
        Assert.Equal("1", task.GetProperty("options").GetProperty("env").GetProperty("A").GetString());
        Assert.Equal("${workspaceFolder}", task.GetProperty("options").GetProperty("cwd").GetString());
        Assert.Equal("new", task.GetProperty("presentation").GetProperty("panel").GetString());
        Assert.Equal(merged.Text, TaskFile.Merge(merged.Text, Setup).Text);
    }

    [Theory]
    [InlineData("{\n  \"tasks\": [\n    { \"label\": \"a\" \"b\" }\n]}", 3, 20)]
    [InlineData("{", 1, 2)]
    [InlineData("{\r\n\"a\": tru\r\n}", 2, 6)]
    [InlineData("{ \"a\": \"x\ny\" }", 1, 10)]
    [InlineData("{ \"a\": \"\\q\" }", 1, 10)]
    [InlineData("{ 'a': 1 }", 1, 3)]
    [InlineData("{ \"a\": 01 }", 1, 8)]
    [InlineData("{} {}", 1, 4)]
    [InlineData("{ /* ", 1, 3)]
    [InlineData("[,]", 1, 2)]
    [InlineData("[]", 1, 1)]
    [InlineData("\n{ \"tasks\": {} }", 2, 12)]
    [InlineData("{ \"version\": \"0.1.0\" }", 1, 14)]
    [InlineData("{\r\r\"inputs\": 1}", 3, 11)]
    public void What_is_broken_is_refused_with_line_and_column(string text, int line, int column)
    {
        JsoncException fault = Assert.Throws<JsoncException>(() => TaskFile.Merge(text, Setup));
        Assert.Equal((line, column), (fault.Line, fault.Column));
        Assert.NotEmpty(fault.Message);
    }

    [Fact]
    public void Many_brackets_in_each_other_are_refused() =>
        Assert.Throws<JsoncException>(() => TaskFile.Merge(new string('[', 100_000), Setup));

    [Theory]
    [InlineData("error: open /srv/Game/Content/Map.umap: permission denied", "/srv/Game/Content/Map.umap", "permission denied")]
    [InlineData(@"error: open D:\Game\Content\My Map.umap: used by another program", @"D:\Game\Content\My Map.umap", "used by another program")]
    [InlineData(@"sots_backup: warning: \\server\share\a.uasset: gone", @"\\server\share\a.uasset", "gone")]
    [InlineData("warning: /b/.restic_pass.txt: others may read it", "/b/.restic_pass.txt", "others may read it")]
    public void The_problem_matcher_finds_file_and_reason(string line, string file, string message)
    {
        Match match = Regex.Match(line, TaskCatalog.ProblemPattern, RegexOptions.ECMAScript);
        Assert.Equal((file, message), (match.Groups[1].Value, match.Groups[2].Value));
    }

    [Theory]
    [InlineData("processed 5 files, 0 errors: fine")]
    [InlineData("Warning: at least one source file could not be read")]
    [InlineData("error: disk: full")]
    public void The_problem_matcher_leaves_other_lines_alone(string line) =>
        Assert.DoesNotMatch(new Regex(TaskCatalog.ProblemPattern, RegexOptions.ECMAScript), line);

    [Fact]
    public void Of_any_task_file_everything_survives_and_the_second_merge_is_the_first() => RandomTaskFile.Text.Sample(
        text =>
        {
            string[] ours = [.. TaskCatalog.Labels];
            MergedTasks merged = TaskFile.Merge(text, Setup);
            AssertComplete(merged.Text);
            AssertSubsequence(text, merged.Text);
            Assert.Equal(merged.Text, TaskFile.Merge(merged.Text, Setup).Text);
            Assert.Equal(Others(text, ours), Others(merged.Text, ours));
        },
        iter: 2000);

    [Fact]
    public void Any_damage_of_a_task_file_is_merged_or_refused_and_nothing_else() => Gen.Select(RandomTaskFile.Text, Gen.Int[0, 100_000], Gen.Char[' ', '~']).Sample(
        (text, at, letter) =>
        {
            string damaged = text.Remove(at % text.Length, 1).Insert(at % text.Length, letter.ToString());
            try
            {
                AssertSubsequenceOrUpdated(damaged);
            }
            catch (JsoncException e)
            {
                Assert.InRange(e.Line, 1, damaged.Length + 1);
                Assert.InRange(e.Column, 1, damaged.Length + 1);
            }
        },
        iter: 2000);

    private static void AssertSubsequenceOrUpdated(string text)
    {
        string merged = TaskFile.Merge(text, Setup).Text;
        Parse(merged).Dispose();
        Assert.Equal(merged, TaskFile.Merge(merged, Setup).Text);
    }

    private static string[] Others(string text, string[] ours)
    {
        using JsonDocument document = Parse(text);
        return !document.RootElement.TryGetProperty("tasks", out JsonElement tasks) ? []
            : [.. tasks.EnumerateArray().Where(task => task.ValueKind != JsonValueKind.Object || !task.TryGetProperty("label", out JsonElement label)
                || label.ValueKind != JsonValueKind.String || !ours.Contains(label.GetString())).Select(task => Regex.Replace(task.GetRawText(), @"\s", ""))];
    }

    private static void AssertComplete(string text)
    {
        using JsonDocument document = Parse(text);
        Assert.Equal("2.0.0", document.RootElement.GetProperty("version").GetString());
        string[] labels = [.. document.RootElement.GetProperty("tasks").EnumerateArray()
            .Where(task => task.ValueKind == JsonValueKind.Object && task.TryGetProperty("label", out JsonElement label) && label.ValueKind == JsonValueKind.String)
            .Select(task => task.GetProperty("label").GetString()!)];
        Assert.All(["push sots_backup", "full sots_backup", "restore-latest sots_backup", "forget-prune sots_backup", "status sots_backup"], label => Assert.Contains(label, labels));
        Assert.Contains(document.RootElement.GetProperty("inputs").EnumerateArray(), input => input.GetProperty("id").GetString() == "sots_backup_target");
    }

    /// <summary>Comments may stand anywhere, which the runtime's own reader does not know; so they are taken out first.</summary>
    private static JsonDocument Parse(string text) => JsonDocument.Parse(
        Regex.Replace(text.TrimStart('\uFEFF'), """("(?:\\.|[^"\\])*")|//[^\r\n]*|/\*.*?\*/""", "$1", RegexOptions.Singleline), AsEditor);

    /// <summary>Everything that was there is there still, in its order.</summary>
    private static void AssertSubsequence(string before, string after)
    {
        int at = 0;
        foreach (char letter in after)
        {
            at += at < before.Length && before[at] == letter ? 1 : 0;
        }

        Assert.True(at == before.Length, $"lost from character {at}:\n{before}\n---\n{after}");
    }
}
