using System.Text.Json;
using Sots.Backup.Sources;
using Sots.Cli.Configuration;

namespace Sots.Fuzzing.Targets;

/// <summary>The program's config of a project.</summary>
internal sealed class ProjectConfigTarget : FuzzTarget
{
    private static readonly string Folder = Path.GetFullPath("/project");

    /// <inheritdoc/>
    public override string Name => "project-config";

    /// <inheritdoc/>
    public override string About => "sots_backup_config.json: complaints name lines that exist; a config without complaint can be used";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        "{}"u8.ToArray(),
        """
        // comment
        { "tags": ["a",], "exclude": ["*.tmp", "!x"], "compression": "max", "pack_size": "64M", /* c */ "read_concurrency": 2,
          "retention": { "keep_last": 3, "keep_within": "1y6m", "max_unused": "5%", "keep_tags": ["b"] }, "logs": { "keep_runs": 7 },
          "password_file": "~/x", "repository": "$HOME/repo", "low_priority": true, "$schema": "x" }
        """u8.ToArray(),
        """{"unreal_preset":{"keep_binaries":true},"alarms":{},"password_command":"a \"b c\"","include":["Saved/x"],"exclude_files":["a"],"project_root":"."}"""u8.ToArray(),
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words =>
    [
        .. Utf8(ConfigKeys.Table.Select(static key => key.ShortName)),
        .. Utf8(ConfigKeys.Sections.Keys),
        .. Utf8("$schema", "unlimited", "100%", "99.9%", "64M", "128M", "14d", "1y6m", "~/", "%NAME%", "${HOME}", "//x\n", "/**/", "auto", "max", "\\u0000"),
    ];

    /// <inheritdoc/>
    public override long AllocationLimit(int inputLength) => (4 << 20) + (4096L * inputLength);

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        ConfigValues values = ConfigReader.Read(input.ToArray(), "c.json", Folder, static name => name is "HOME" or "NAME" ? "/home/x" : null, out IReadOnlyList<ConfigComplaint> complaints);
        int lines = input.Count((byte)'\n') + input.Count((byte)'\r') + 1;
        Law.Holds(complaints.All(complaint => complaint.Line >= 1 && complaint.Line <= lines && complaint.Text.Length > 0), "a complaint names a line of the file");
        if (complaints.Count > 0)
        {
            return false;
        }

        using JsonDocument document = JsonDocument.Parse(input.ToArray(), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        Law.Holds(document.RootElement.ValueKind == JsonValueKind.Object, "a config without complaint is an object");
        _ = RetentionSettings.Of(values).ToPolicy();
        _ = EngineSettings.Of(values);
        _ = AlarmSettings.Of(values);
        _ = LogSettings.Of(values);
        ExcludeSettings excludes = ExcludeSettings.Of(values);
        _ = new ResticExcludes(new ResticExcludeOptions { Patterns = excludes.Exclude.Value, PatternsIgnoringCase = excludes.ExcludeIgnoringCase.Value });
        _ = ExcludePatternList.Parse(excludes.Include.Value, PathStyle.Native, ignoreCase: true, "include");
        return true;
    }
}
