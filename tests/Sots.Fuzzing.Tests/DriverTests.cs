using System.Diagnostics;
using System.Text;
using CsCheck;
using Sots.Fuzzing.Driving;
using Sots.Fuzzing.Mutating;
using Sots.Testing;

namespace Sots.Fuzzing.Tests;

/// <summary>The driver itself.</summary>
public sealed class DriverTests
{
    private const int Runs = 200_000;

    [Fact]
    public async Task Following_new_branches_finds_a_planted_fault_that_blind_changes_do_not()
    {
        using TempFolder folder = new();
        string program = InstrumentedCopy.Make(folder["copy"], ["Sots.Testing.dll"]);
        Assert.Equal((1, "InvalidOperationException in Sots.Testing.PlantedFault.Decode"), await FuzzAsync(program, folder["guided"], blind: false));
        Assert.Equal((0, ""), await FuzzAsync(program, folder["blind"], blind: true));
    }

    [Fact]
    public void An_input_comes_back_from_its_line() => Gen.Byte.Array[0, 50].Sample(input =>
    {
        string line = CorpusText.Line(input);
        Assert.True(line.Length > 0 && line[0] != '#' && line.All(static c => c is >= ' ' and <= '~'));
        Assert.Equal(input, CorpusText.Input(line));
    });

    [Theory]
    [InlineData(@"\")]
    [InlineData(@"\x1")]
    [InlineData(@"a\e")]
    [InlineData("\u00e4")]
    public void A_line_that_was_not_written_by_us_is_refused(string line) => Assert.Throws<FormatException>(() => CorpusText.Input(line));

    [Fact]
    public void A_line_that_a_killed_run_left_unfinished_is_cut_off()
    {
        using TempFolder folder = new();
        string path = folder["corpus.txt"];
        CorpusText.CutTornLine(path);
        File.WriteAllText(path, "whole\n\\x0");
        CorpusText.CutTornLine(path);
        Assert.Equal(["whole"u8.ToArray()], CorpusText.Read(path));
        File.AppendAllText(path, "more\n");
        CorpusText.CutTornLine(path);
        Assert.Equal(2, CorpusText.Read(path).Count());
    }

    [Fact]
    public void A_changed_input_is_never_longer_than_its_limit() => Gen.Select(Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60], Gen.Int, Gen.Bool).Sample((parent, other, seed, json) =>
    {
        byte[] start = json ? [.. "{\"a\":["u8, .. parent, .. "],\"b\":\"c\"}"u8] : parent;
        Mutator mutator = new(new Random(seed), [[1, 2, 3], "word"u8.ToArray()], 64);
        for (int i = 0; i < 20; i++)
        {
            Assert.InRange(mutator.Mutate(start, other).Length, 0, 64);
        }
    });

    [Fact]
    public void The_pieces_of_JSON_are_its_values_and_entries()
    {
        const string Text = """{"a": [1, "x,]\""], "b":{}}""";
        JsonPieces pieces = new();
        pieces.Find(Encoding.UTF8.GetBytes(Text));
        Assert.Equal(["\"a\"", "1", "\"x,]\\\"\"", "[1, \"x,]\\\"\"]", "\"b\"", "{}", Text], pieces.Values.Select(piece => Text[piece.Start..piece.End]));
        Assert.Equal(["1", "\"x,]\\\"\"", "\"a\": [1, \"x,]\\\"\"]", "\"b\":{}"], pieces.Entries.Select(piece => Text[piece.Start..piece.End]));
    }

    [Fact]
    public void What_is_minimised_keeps_its_property_and_nothing_else() =>
        Assert.Equal("0xy0z"u8.ToArray(), Minimiser.Minimise("aaaaaaaxyaazbbbbbbbb"u8.ToArray(), static input =>
            Encoding.ASCII.GetString(input) is var text && text.IndexOf("xy", StringComparison.Ordinal) is > 0 and var xy && text.IndexOf('z', StringComparison.Ordinal) > xy + 2));

    [Fact]
    public void An_input_that_breaks_a_law_throws_takes_too_much_or_too_long_is_a_fault()
    {
        Execution execution = new(new BadTarget(), coverage: null);
        Assert.Null(execution.Run([0]).Fault);
        Assert.StartsWith("law: a number of bytes", execution.Run([1]).Fault!.Kind, StringComparison.Ordinal);
        Assert.StartsWith("FormatException in Sots.Fuzzing.Tests.DriverTests+BadTarget.Run", execution.Run([2]).Fault!.Kind, StringComparison.Ordinal);
        Assert.Equal("too much memory", execution.Run([3]).Fault!.Kind);
        Assert.Equal("too slow", execution.Run([4]).Fault!.Kind);
    }

    [Theory]
    [InlineData("--minutes", "1")]
    [InlineData("--target", "nothing")]
    [InlineData("--target", "tree", "--colour", "red")]
    [InlineData("--target", "tree", "--seed")]
    public void A_command_line_that_makes_no_sense_is_refused(params string[] words) => Assert.Throws<ArgumentException>(() => FuzzSettings.Parse(words));

    [Fact]
    public void Every_target_has_a_name_of_its_own() => Assert.Equal(FuzzTargets.All.Count, FuzzSettings.Parse(["--target", "all"]).Targets.DistinctBy(static target => target.Name).Count());

    private static async Task<(int Found, string Kind)> FuzzAsync(string program, string work, bool blind)
    {
        CorpusFolders folders = new(Path.Combine(work, "none"), work);
        FuzzSettings settings = new() { Targets = [new Targets.PlantedTarget()], Folders = folders, Runs = Runs, Time = TimeSpan.FromMinutes(5), Blind = blind };
        int found = await new Watch(program, settings, settings.Targets[0]).RunAsync(CancellationToken.None);
        return (found, string.Join(", ", Findings.Kinds(folders.FindingsOf(Targets.PlantedTarget.Word))));
    }

    private sealed class BadTarget : FuzzTarget
    {
        public override string Name => "bad";

        public override string About => "";

        public override IEnumerable<byte[]> Seeds => [];

        public override bool Run(ReadOnlySpan<byte> input)
        {
            switch (input[0])
            {
                case 1:
                    throw new BrokenLawException("a number of bytes: 17");
                case 2:
                    throw new FormatException();
                case 3:
                    return Array.Exists(new byte[input.Length + (3 << 20)], static value => value == 0);
                case 4:
                    // By the processor, and by the clock too: other tests of this process use the processor meanwhile.
                    TimeSpan used = Environment.CpuUsage.TotalTime;
                    for (long begun = Stopwatch.GetTimestamp(); Math.Min(Stopwatch.GetElapsedTime(begun).Ticks, (Environment.CpuUsage.TotalTime - used).Ticks) <= (Execution.TimeLimit * 1.1).Ticks;)
                    {
                        // Time passes.
                    }

                    return true;
                default:
                    return true;
            }
        }
    }
}
