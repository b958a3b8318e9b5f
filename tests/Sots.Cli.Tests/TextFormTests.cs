using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic.Trees;

namespace Sots.Cli.Tests;

public sealed class TextFormTests
{
    [Theory]
    [InlineData(0UL, "0 B")]
    [InlineData(1023UL, "1023 B")]
    [InlineData(1024UL, "1.000 KiB")]
    [InlineData(5000000UL, "4.768 MiB")]
    [InlineData(1UL << 30, "1.000 GiB")]
    [InlineData(ulong.MaxValue, "16777216.000 TiB")]
    public void Sizes_are_those_of_restic(ulong bytes, string text) => Assert.Equal(text, Sizes.Format(bytes));

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(59.99, "0:59")]
    [InlineData(754, "12:34")]
    [InlineData(3600, "1:00:00")]
    [InlineData(360000, "100:00:00")]
    public void Durations_are_those_of_restic(double seconds, string text) => Assert.Equal(text, Durations.Format(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("90s", 90)]
    [InlineData("500ms", 0.5)]
    [InlineData("0", 0)]
    public void Durations_are_read_as_restic_reads_them(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5x")]
    [InlineData("-5m")]
    [InlineData("5m ")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("Ümläut ☃ 日本.txt", "Ümläut ☃ 日本.txt")]
    [InlineData("a\nb\r\t", @"a\nb\r\t")]
    [InlineData("\u001b[31mred", @"\x1b[31mred")]
    [InlineData("evil\u202egpj.exe", @"evil\u202egpj.exe")]
    [InlineData("whole 😀", "whole 😀")]
    public void Names_cannot_move_the_cursor_or_turn_the_text(string name, string printed) => Assert.Equal(printed, PrintableText.Escape(name));

    [Fact]
    public void Half_a_character_is_printed_as_its_number() => Assert.Equal(@"half \ud83d", PrintableText.Escape("half \ud83d"));

    [Theory]
    [InlineData(NodeMode.Directory | 0x1EDu, "drwxr-xr-x")]
    [InlineData(0x1A4u, "-rw-r--r--")]
    [InlineData(NodeMode.Symlink | 0x1FFu, "Lrwxrwxrwx")]
    [InlineData(NodeMode.Device | NodeMode.CharDevice | 0x1B6u, "Dcrw-rw-rw-")]
    [InlineData(NodeMode.SetUid | 0x1EDu, "urwxr-xr-x")]
    public void Modes_are_printed_as_go_prints_them(uint mode, string text) => Assert.Equal(text, ModeText.Format(mode));

    [Fact]
    public void Progress_lines_are_those_of_restic()
    {
        OperationCounters counters = new() { TotalFiles = 307867, TotalBytes = 183007000000, FilesDone = 867, BytesDone = 5418000000 };
        TimeSpan elapsed = TimeSpan.FromSeconds(34);
        Assert.Equal("[0:34] 867 files, 5.046 GiB, 0 errors", ProgressLines.Of(ProgressKind.Backup, counters, elapsed, null)[0]);
        counters.TotalsKnown = 1;
        counters.Begin("/p/b\n");
        counters.Begin("/p/a");
        Assert.Equal(
            ["[0:34] 2.96%  867 files 5.046 GiB, total 307867 files 170.439 GiB, 0 errors ETA 18:35", "/p/a", @"/p/b\n"],
            ProgressLines.Of(ProgressKind.Backup, counters, elapsed, TimeSpan.FromSeconds(1115)));
        OperationCounters packs = new() { TotalFiles = 4, FilesDone = 4, TotalsKnown = 1 };
        Assert.Equal("[0:00] 100.00%  4 / 4 packs", ProgressLines.Of(ProgressKind.Check, packs, TimeSpan.Zero, null)[0]);
    }

    [Fact]
    public void A_line_never_reaches_the_width_of_the_terminal()
    {
        string wide = new('日', 50);
        Assert.Equal("short", ProgressLines.Fit("short", 20));
        Assert.Equal(9 + 1, ProgressLines.Fit(wide, 20).Length);
        Assert.Equal(19, ProgressLines.Fit(new string('a', 50), 20).Length);
    }

    [Fact]
    public void Remaining_time_is_silent_at_first_and_then_steady()
    {
        RemainingTime remaining = new();
        Assert.Null(remaining.Update(TimeSpan.FromSeconds(1), 100_000, 1_000_000_000));
        TimeSpan? left = null;
        for (int second = 2; second <= 20; second++)
        {
            left = remaining.Update(TimeSpan.FromSeconds(second), second * 1_000_000L, 100_000_000);
        }

        Assert.InRange(left!.Value.TotalSeconds, 75, 90);

        // A pause of a second moves the estimate a little, not by half.
        left = remaining.Update(TimeSpan.FromSeconds(21), 20_000_000, 100_000_000);
        Assert.InRange(left!.Value.TotalSeconds, 75, 100);
        Assert.Null(new RemainingTime().Update(TimeSpan.FromSeconds(60), 0, null));
    }

    [Fact]
    public void The_display_redraws_only_what_changed_and_leaves_nothing()
    {
        StringWriter written = new();
        ProgressView view = new(new TerminalScreen(written, () => 80, Color: false));
        view.Draw(["total 1", "file a"]);
        view.Draw(["total 2", "file a"]);
        view.Draw(["total 2", "file a"]);
        view.Clear();
        view.Clear();
        Assert.Equal("\r\e[2Ktotal 1\n\e[2Kfile a\n" + "\e[2A\r\e[2Ktotal 2\n\n" + "\e[2A\r\e[J", written.ToString());
    }
}
