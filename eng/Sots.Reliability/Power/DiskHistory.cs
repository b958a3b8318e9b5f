namespace Sots.Reliability.Power;

/// <summary>What a step does to a disk.</summary>
internal enum DiskStepKind
{
    /// <summary>A folder gets an entry for a new folder.</summary>
    MakeFolder,

    /// <summary>A folder gets an entry for a new file.</summary>
    Create,

    /// <summary>A file gets bytes at its end.</summary>
    Write,

    /// <summary>All bytes of a file are on the disk.</summary>
    Flush,

    /// <summary>A file gets another name in its folder.</summary>
    Rename,

    /// <summary>A folder gets an entry for a file that has one elsewhere, which goes with the next step.</summary>
    Link,

    /// <summary>A name goes.</summary>
    Remove,

    /// <summary>All entries of a folder are on the disk.</summary>
    FlushFolder,
}

/// <summary>One step.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Folder">The folder whose entries it changes or flushes.</param>
/// <param name="Name">The entry.</param>
/// <param name="NewName">Its new name.</param>
/// <param name="File">The file.</param>
/// <param name="Length">Bytes the file has afterwards.</param>
internal sealed record DiskStep(
    DiskStepKind Kind, string Folder = "", string Name = "", string NewName = "", DiskFile? File = null, int Length = 0)
{
    /// <summary>Whether it changes the entries of a folder.</summary>
    public bool IsOfFolder => Kind is DiskStepKind.MakeFolder or DiskStepKind.Create or DiskStepKind.Rename or DiskStepKind.Link or DiskStepKind.Remove;

    public override string ToString() => Kind switch
    {
        DiskStepKind.Write => $"write up to {Length}",
        DiskStepKind.Flush => "flush a file",
        DiskStepKind.Rename => $"rename {Folder}/{Name} to {NewName}",
        DiskStepKind.FlushFolder => $"flush {Folder}",
        _ => $"{Kind} {Folder}/{Name}",
    };
}

/// <summary>All steps of a disk in the order in which they were made, and what was promised when. Thread safe while it is written.</summary>
/// <param name="start">What lay on the disk before; all of it was safe.</param>
/// <param name="promise">What was promised before.</param>
internal sealed class DiskHistory(DiskImage start, Scenarios.Ledger promise)
{
    private readonly Lock _gate = new();
    private readonly List<DiskStep> _steps = [];
    private readonly List<(int After, Scenarios.Ledger Promise)> _promises = [(0, promise)];

    /// <summary>What lay on the disk before.</summary>
    public DiskImage Start { get; } = start.Clone();

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<DiskStep> Steps => _steps;

    /// <summary>Writes a step down.</summary>
    public void Add(DiskStep step)
    {
        lock (_gate)
        {
            _steps.Add(step);
        }
    }

    /// <summary>From here on this is what a user was told.</summary>
    public void Promise(Scenarios.Ledger promise)
    {
        lock (_gate)
        {
            _promises.Add((_steps.Count, promise));
        }
    }

    /// <summary>What the user had been told when a number of steps were made.</summary>
    public Scenarios.Ledger PromisedAfter(int steps) => _promises[PromiseNumberAfter(steps)].Promise;

    /// <summary>Which of the promises that was.</summary>
    public int PromiseNumberAfter(int steps) => _promises.FindLastIndex(entry => entry.After <= steps);

    /// <summary>The same history in which one step was never made: a flush that the system swallowed.</summary>
    public DiskHistory Without(int step)
    {
        DiskHistory copy = new(Start, _promises[0].Promise);
        copy._steps.AddRange(_steps.Where((_, i) => i != step));
        copy._promises.Clear();
        copy._promises.AddRange(_promises.Select(entry => (entry.After > step ? entry.After - 1 : entry.After, entry.Promise)));
        return copy;
    }
}
