using System.Globalization;
using Sots.Fuzzing.Mutating;

namespace Sots.Fuzzing.Driving;

/// <summary>What a run of a target did.</summary>
internal sealed class FuzzTally
{
    /// <summary>Inputs run.</summary>
    public long Runs { get; set; }

    /// <summary>Of these, taken by the decoder.</summary>
    public long Taken { get; set; }

    /// <summary>Different faults.</summary>
    public int Findings { get; set; }
}

/// <summary>
/// Changes inputs and runs them; what takes a new branch is kept and changed further. Runs in a process of its own, in instrumented code.
/// </summary>
/// <param name="target">The decoder.</param>
/// <param name="settings">How long, from which seed.</param>
/// <param name="coverage">The map.</param>
/// <param name="mailbox">Where it tells what it is at.</param>
internal sealed class FuzzLoop(FuzzTarget target, FuzzSettings settings, CoverageMap coverage, Mailbox mailbox)
{
    private const int MaxFindings = 50;
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    private readonly Random _random = new(settings.Seed);
    private readonly Execution _execution = new(target, coverage);
    private readonly FuzzTally _tally = new();
    private readonly HashSet<string> _kinds = [.. Findings.Kinds(settings.Folders.FindingsOf(target.Name))];
    private readonly List<int> _hit = [];

    /// <summary>Runs until time or inputs are used up.</summary>
    public FuzzTally Run()
    {
        Corpus corpus = new(_random);
        CorpusText.CutTornLine(settings.Folders.FoundBy(target.Name));
        foreach (byte[] input in settings.Folders.InputsOf(target).Where(input => input.Length <= target.MaxLength))
        {
            if (RunOne(input) != Novelty.None || corpus.Count == 0)
            {
                corpus.Add(input, _hit);
            }
        }

        Mutator mutator = new(_random, target.Words, target.MaxLength);
        TimeSpan reported = TimeSpan.Zero;
        using StreamWriter found = File.AppendText(settings.Folders.FoundBy(target.Name));
        while (_tally.Runs < settings.Runs && _tally.Findings < MaxFindings)
        {
            if (_tally.Runs % 256 == 0)
            {
                TimeSpan used = mailbox.Time = Environment.CpuUsage.TotalTime;
                if (used > settings.Time)
                {
                    break;
                }

                if (used - reported > ReportEvery)
                {
                    reported = used;
                    found.Flush();
                    Console.WriteLine(Report(corpus));
                }
            }

            CorpusEntry parent = corpus.Choose();
            byte[] input = mutator.Mutate(parent.Bytes, corpus.Any().Bytes);
            if (RunOne(input) != Novelty.None && !settings.Blind)
            {
                corpus.Add(input, _hit);
                found.WriteLine(CorpusText.Line(input));
            }
        }

        mailbox.Time = Environment.CpuUsage.TotalTime;
        Console.WriteLine(Report(corpus));
        return _tally;
    }

    private Novelty RunOne(byte[] input)
    {
        mailbox.Tell(input);
        Outcome outcome = _execution.Run(input);
        _hit.Clear();
        Novelty novelty = coverage.Learn(_hit);
        _tally.Runs++;
        _tally.Taken += outcome.Taken ? 1 : 0;
        if (outcome.Fault is { } fault && _kinds.Add(fault.Kind))
        {
            _tally.Findings++;
            byte[] smallest = Minimiser.Minimise(input, smaller =>
            {
                mailbox.Tell(smaller);
                return _execution.Run(smaller).Fault?.Kind == fault.Kind;
            });
            Findings.Add(settings.Folders.FindingsOf(target.Name), _execution.Run(smallest).Fault ?? fault, smallest);
            Console.WriteLine($"{target.Name}: FINDING {fault.Kind}");
        }

        return novelty;
    }

    private string Report(Corpus corpus)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name}: {used.TotalMinutes:F1} min, {_tally.Runs} runs, {_tally.Runs / used.TotalSeconds:F0}/s, {coverage.Edges} edges, corpus {corpus.Count}, {100.0 * _tally.Taken / Math.Max(1, _tally.Runs):F0} % taken, {_tally.Findings} findings");
    }
}
