using System.Text;
using Sots.Cli.Runs;
using Sots.Testing;

namespace Sots.Cli.Tests.Runs;

/// <summary>The log of one run.</summary>
public sealed class RunLogTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly List<string> _warnings = [];
    private readonly Disk _disk = new();

    public void Dispose() => _disk.Dispose();

    private RunLog Log(RunLogOptions? options = null) => new(_time, options ?? RunLogOptions.Default, () => _disk, _warnings.Add);

    [Fact]
    public void An_event_is_a_line_with_local_time_and_level_and_its_further_lines_are_indented()
    {
        using (RunLog log = Log())
        {
            log.Write(RunLogLevel.Info, "\nfirst\r\n\nsecond\n");
            _time.Advance(TimeSpan.FromMilliseconds(12));
            log.Write(RunLogLevel.Warn, "name with \u001b[31m escape");
            log.Write(RunLogLevel.Debug, "");
        }

        Assert.Equal(
            """
            2026-01-02 05:04:05.000 INFO  first
                second
            2026-01-02 05:04:05.012 WARN  name with \x1b[31m escape

            """, _disk.Text);
    }

    [Fact]
    public void A_warning_is_on_the_disk_at_once_and_everything_else_within_a_second()
    {
        using RunLog log = Log();
        log.Write(RunLogLevel.Info, "calm");
        Assert.Equal("", _disk.Text);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("calm", _disk.Text, StringComparison.Ordinal);
        log.Write(RunLogLevel.Debug, "detail");
        log.Write(RunLogLevel.Warn, "problem");
        Assert.EndsWith("problem\n", _disk.Text, StringComparison.Ordinal);
        log.Write(RunLogLevel.Debug, "later");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.EndsWith("later\n", _disk.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_wait_until_there_is_a_place_for_them()
    {
        bool ready = false;
        using RunLog log = new(_time, RunLogOptions.Default, () => ready ? _disk : null, _warnings.Add);
        log.Write(RunLogLevel.Warn, "early");
        Assert.False(log.IsOpen);
        ready = true;
        log.Write(RunLogLevel.Warn, "late");
        Assert.True(log.IsOpen);
        Assert.Equal(["early", "late"], _disk.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[30..]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_full_disk_ends_the_log_with_one_warning_and_no_exception(int writesBefore)
    {
        _disk.FailAfter = writesBefore;
        using (RunLog log = Log())
        {
            for (int i = 0; i < 10; i++)
            {
                log.Write(RunLogLevel.Warn, "problem");
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal("warning: the log of this run cannot be written: disk full; the run goes on without it", Assert.Single(_warnings));
    }

    [Fact]
    public void A_folder_that_may_not_be_written_to_is_one_warning()
    {
        using RunLog log = new(_time, RunLogOptions.Default, () => throw new UnauthorizedAccessException("no"), _warnings.Add);
        log.Write(RunLogLevel.Info, "a");
        log.Write(RunLogLevel.Warn, "b");
        Assert.Single(_warnings);
    }

    [Fact]
    public void A_log_stays_short_says_where_it_is_cut_and_always_tells_the_end()
    {
        using (RunLog log = Log(new RunLogOptions { LongestLogBytes = 20_000 }))
        {
            for (int i = 0; i < 1000; i++)
            {
                log.Write(RunLogLevel.Debug, "some file or other " + i);
            }

            for (int i = 0; i < 1000; i++)
            {
                log.Write(RunLogLevel.Warn, "some problem or other " + i);
            }

            log.Write(RunLogLevel.Error, "an error");
            log.WriteEnd(RunLogLevel.Info, "ended: complete");
        }

        Assert.InRange(_disk.Text.Length, 19_000, 21_000);
        string[] lines = _disk.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Single(lines, line => line.EndsWith("details are left out from here on", StringComparison.Ordinal));
        Assert.EndsWith("only the end of the run is added", lines[^3], StringComparison.Ordinal);
        Assert.EndsWith("INFO  ended: complete", lines[^1], StringComparison.Ordinal);
        Assert.Contains("some problem or other 0", _disk.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_write_whole_lines()
    {
        using (RunLog log = Log())
        {
            Parallel.For(0, 2000, i => log.Write(i % 100 == 0 ? RunLogLevel.Warn : RunLogLevel.Debug, $"<{i}>"));
        }

        string[] lines = _disk.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2000, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^2026-01-02 05:04:05\.000 (DEBUG|WARN ) <\d+>$", line));
    }

    /// <summary>A file in memory whose disk fills up.</summary>
    private sealed class Disk : MemoryStream
    {
        public int FailAfter { get; set; } = int.MaxValue;

        public string Text => Encoding.UTF8.GetString(ToArray());

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Fill();
            base.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Fill();
            base.Write(buffer, offset, count);
        }

        private void Fill()
        {
            if (FailAfter-- <= 0)
            {
                throw new IOException("disk full");
            }
        }
    }
}
