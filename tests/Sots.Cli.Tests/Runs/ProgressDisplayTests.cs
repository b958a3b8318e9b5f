using System.Text.RegularExpressions;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Testing;

namespace Sots.Cli.Tests.Runs;

/// <summary>What a terminal gets while something runs, to the character, and what is left on it afterwards.</summary>
public sealed partial class ProgressDisplayTests : IDisposable
{
    private const long MiB = 1L << 20;
    private readonly ManualTime _time = new();
    private readonly StringWriter _screen = new();
    private readonly StringWriter _out = new();

    public void Dispose()
    {
        _screen.Dispose();
        _out.Dispose();
    }

    private TextReporter OnTerminal(int width = 130, bool taskbar = false, bool blocks = true) => new(
        _out, _out, _time, 1, new TerminalScreen(_screen, () => width, Color: false, blocks, taskbar), null, TextStyle.Own);

    private TextReporter Redirected(TextStyle style) => new(_out, _out, _time, 1, null, null, style);

    private static OperationCounters Counters(long done, long total, bool known = true) => new()
    {
        FilesDone = done, TotalFiles = total, BytesDone = done * MiB, TotalBytes = total * MiB, TotalsKnown = known ? 1 : 0,
    };

    [Fact]
    public async Task Frames_are_drawn_in_one_write_each_and_nothing_is_left()
    {
        TextReporter reporter = OnTerminal();
        OperationCounters counters = Counters(0, 1000, known: false);
        IAsyncDisposable display = reporter.Track(ProgressKind.Backup, counters);
        counters.Begin("Content/A\u001b.uasset");
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("\r\e[2K[0:00] 0 files\n\e[2K  Content/A\\x1b.uasset\n", Taken());
        counters.End("Content/A\u001b.uasset");
        counters.TotalsKnown = 1;
        for (int second = 1; second <= 40; second++)
        {
            counters.FilesDone += 10;
            counters.BytesDone += 10 * MiB;
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        counters.Errors = 2;
        Taken();
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(
            "\e[1A\r\e[2K[0:40] █████████░░░░░░░░░░░░░░░ 40.0 %, about 2 min left, 2 problems, 400 of 1,000 files, 400.0 of 1000.0 MiB, 9.9 MiB/s\n",
            Taken());
        await display.DisposeAsync();
        Assert.Equal("\e[1A\r\e[J", Taken());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("", Taken());
    }

    [Fact]
    public void A_frame_that_says_the_same_is_not_drawn_again()
    {
        _ = OnTerminal().Track(ProgressKind.Backup, Counters(1, 2));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Taken();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal("", Taken());
    }

    [Theory]
    [InlineData(60, "[0:00] 50.0 %, 1 of 2 files, 1.0 of 2.0 MiB\n")]
    [InlineData(100, "[0:00] ██████░░░░░░ 50.0 %, 1 of 2 files, 1.0 of 2.0 MiB\n")]
    [InlineData(130, "[0:00] ████████████░░░░░░░░░░░░ 50.0 %, 1 of 2 files, 1.0 of 2.0 MiB\n")]
    [InlineData(30, "[0:00] 50.0 %, 1 of 2 files,…\n")]
    public void The_bar_has_the_room_there_is_and_no_line_wraps(int width, string line)
    {
        _ = OnTerminal(width).Track(ProgressKind.Backup, Counters(1, 2));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("\r\e[2K" + line, Taken());
    }

    [Fact]
    public void A_terminal_without_block_characters_gets_plain_ones()
    {
        _ = OnTerminal(100, blocks: false).Track(ProgressKind.Check, Counters(1, 2));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Contains("######...... 50.0 %, 1 of 2 packs", Taken(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_task_bar_shows_the_share_and_is_cleared()
    {
        OperationCounters counters = Counters(0, 4, known: false);
        IAsyncDisposable display = OnTerminal(taskbar: true).Track(ProgressKind.Restore, counters);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.StartsWith("\e]9;4;3;0\e\\", Taken(), StringComparison.Ordinal);
        counters.TotalsKnown = 1;
        counters.BytesDone = MiB;
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.StartsWith("\e]9;4;1;25\e\\", Taken(), StringComparison.Ordinal);
        counters.Errors = 1;
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.StartsWith("\e]9;4;4;25\e\\", Taken(), StringComparison.Ordinal);
        await display.DisposeAsync();
        Assert.EndsWith("\e[J\e]9;4;0;0\e\\", Taken(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_ends_at_once_leaves_a_clean_screen_too()
    {
        TerminalScreen screen = new(_screen, () => 100, Color: false, Blocks: true, Taskbar: true);
        _ = new TextReporter(_out, _out, _time, 1, screen, null, TextStyle.Own).Track(ProgressKind.Backup, Counters(1, 2));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Taken();
        screen.AtExit!();
        Assert.Equal("\e[1A\r\e[J\e]9;4;0;0\e\\", Taken());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", Taken());
    }

    [Theory]
    [InlineData("WT_SESSION=x", true)]
    [InlineData("ConEmuANSI=ON", true)]
    [InlineData("TERM_PROGRAM=WezTerm", true)]
    [InlineData("TERM_PROGRAM=ghostty", true)]
    [InlineData("VTE_VERSION=8003", true)]
    [InlineData("VTE_VERSION=7600", false)]
    [InlineData("TERM=xterm-256color", false)]
    [InlineData("WT_SESSION=x;TERM=screen-256color", false)]
    [InlineData("WT_SESSION=x;TMUX=/tmp/tmux", false)]
    [InlineData("WT_SESSION=x;TERM=dumb", false)]
    public void Only_terminals_that_know_the_sequence_get_it(string variables, bool known)
    {
        Dictionary<string, string> set = variables.Split(';').Select(one => one.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal(known, TaskbarProgress.IsKnown(name => set.GetValueOrDefault(name)));
    }

    [Fact]
    public void Redirected_output_gets_a_line_now_and_then_without_control_characters()
    {
        OperationCounters counters = Counters(0, 1000);
        _ = Redirected(TextStyle.Own).Track(ProgressKind.Backup, counters);
        for (int second = 0; second < 100; second++)
        {
            counters.FilesDone += 10;
            counters.BytesDone += 10 * MiB;
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        string[] lines = _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, lines.Length);
        Assert.Equal("[0:10] 10.0 %, about 2 min left, 100 of 1,000 files, 100.0 of 1000.0 MiB, 10.0 MiB/s", lines[0]);
        Assert.DoesNotMatch(Control(), _out.ToString());
    }

    [Fact]
    public async Task A_short_run_and_a_command_of_restic_say_nothing_to_a_file()
    {
        IAsyncDisposable own = Redirected(TextStyle.Own).Track(ProgressKind.Backup, Counters(1, 2));
        _time.Advance(TimeSpan.FromSeconds(9));
        await own.DisposeAsync();
        IAsyncDisposable restics = Redirected(TextStyle.OfRestic).Track(ProgressKind.Backup, Counters(1, 2));
        _time.Advance(TimeSpan.FromHours(1));
        await restics.DisposeAsync();
        Assert.Equal("", _out.ToString());
    }

    [Fact]
    public void A_standstill_is_seen_each_half_minute()
    {
        _ = Redirected(TextStyle.Own).Track(ProgressKind.Backup, Counters(5, 0, known: false));
        _time.Advance(TimeSpan.FromSeconds(95));
        Assert.Equal(3, _out.ToString().Count(c => c == '\n'));
    }

    [Theory]
    [InlineData(3, "a few seconds left")]
    [InlineData(21, "about 30 s left")]
    [InlineData(119, "about 2 min left")]
    [InlineData(89 * 60, "about 89 min left")]
    [InlineData(95 * 60, "about 1 h 40 min left")]
    [InlineData(119 * 60, "about 2 h 00 min left")]
    [InlineData(50 * 3600, "about 3 days left")]
    public void The_time_left_is_said_the_coarser_the_longer_it_is(int seconds, string words) =>
        Assert.Equal(words, ProgressFrame.RemainingWords(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void At_an_even_pace_the_time_left_never_grows()
    {
        RemainingTime pace = new();
        TimeSpan last = TimeSpan.FromDays(1);
        for (int tenth = 1; tenth < 3000; tenth++)
        {
            if (pace.Update(TimeSpan.FromSeconds(tenth / 10.0), tenth * MiB, 3000 * MiB) is { } left)
            {
                Assert.True(left <= last + TimeSpan.FromMilliseconds(1), $"{left} after {last}");
                last = left;
            }
        }

        Assert.InRange(last.TotalSeconds, 0, 0.2);
    }

    private string Taken()
    {
        string text = _screen.ToString();
        _screen.GetStringBuilder().Clear();
        return text;
    }

    [GeneratedRegex(@"[\x00-\x09\x0b-\x1f\x7f\u2588\u2591]")]
    private static partial Regex Control();
}
