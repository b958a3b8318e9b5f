using System.Text;
using Sots.Cli.Output;
using Sots.Cli.Runs;

namespace Sots.Fuzzing.Targets;

/// <summary>A line of the record of runs, which a crash may have torn.</summary>
internal sealed class RunRecordTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "run-record";

    /// <inheritdoc/>
    public override string About => "lines of runs.jsonl: passed over, or the same after writing and reading";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => Utf8(
        """{"event":"end","id":"2024-01-01_00-00-00_push_1","verb":"push","start":"2024-01-01T00:00:00+01:00","end":"2024-01-01T00:00:01Z","outcome":"complete","exit_code":0,"dry_run":true,"counts":{"files":1,"bytes":9223372036854775807},"problems":1,"errors":[{"during":"a","item":"b","message":"c"}],"warnings":2,"message":"m","alarms":[{"kind":"k","message":"m"}],"log":"l","host":"h","pid":1,"process_start":"2024-01-01T00:00:00Z","version":"1"}""",
        """{"event":"start","id":"x","verb":"v","start":"0001-01-01T00:00:00+14:00","host":"h","pid":-1,"version":"1"}""");

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("event", "start", "end", "id", "verb", "outcome", "exit_code", "counts", "errors", "during", "item", "message", "alarms", "kind", "log", "host", "pid", "process_start", "version", "files", "snapshot", "9999-12-31T23:59:59-14:00");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        if (RunRecords.Parse(Encoding.UTF8.GetString(input)) is not { } record)
        {
            return false;
        }

        string line = CliJson.Line(record);
        Law.Holds(!line.Contains('\n'), "a record is one line");
        Law.Holds(RunRecords.Parse(line) is { } again && CliJson.Line(again) == line, "a record is the same after writing and reading");
        return true;
    }
}
