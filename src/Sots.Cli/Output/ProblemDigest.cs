using Sots.Backup.Progress;

namespace Sots.Cli.Output;

/// <summary>A problem that made it into the summary.</summary>
internal sealed record NotableProblem(ProblemRank Rank, string Item, string Message, string Advice);

/// <summary>Keeps the few most important of any number of problems. Thread safe.</summary>
internal sealed class ProblemDigest
{
    /// <summary>So many are shown.</summary>
    public const int Shown = 3;

    private readonly Lock _gate = new();
    private readonly List<NotableProblem> _top = [];
    private long _count;

    /// <summary>How many there were.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The most important ones, most important first; of equal ones the first that came.</summary>
    public IReadOnlyList<NotableProblem> Top
    {
        get
        {
            lock (_gate)
            {
                return [.. _top];
            }
        }
    }

    /// <summary>Takes note of one.</summary>
    public void Add(ProblemEvent problem)
    {
        (ProblemRank rank, string advice) = ProblemAdvice.Of(problem);
        lock (_gate)
        {
            _count++;
            int place = _top.FindIndex(other => other.Rank > rank);
            _top.Insert(place < 0 ? _top.Count : place, new NotableProblem(rank, problem.Item, problem.Message, advice));
            if (_top.Count > Shown)
            {
                _top.RemoveAt(Shown);
            }
        }
    }
}
