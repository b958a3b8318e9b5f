using System.Collections.Immutable;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Reliability.Scenarios;

/// <summary>A state of a project that was reported as saved: whatever happens, some snapshot has to have this tree and time.</summary>
/// <param name="Project">The tree of the project's folder, which stands for every name, byte and attribute in it.</param>
/// <param name="Time">When it was saved.</param>
internal sealed record SavedState(TreeId Project, NodeTime Time);

/// <summary>What a user has been told, and may rely on from then on.</summary>
internal sealed record Ledger
{
    /// <summary>Whether the making of the repository was reported.</summary>
    public bool HasRepository { get; init; }

    /// <summary>Passwords that open the repository; one of them is enough where <see cref="MayOpen"/> has more.</summary>
    public ImmutableList<string> Opens { get; init; } = [];

    /// <summary>Passwords that may or may not open it: a change of keys is at work.</summary>
    public ImmutableList<string> MayOpen { get; init; } = [];

    /// <summary>States that must be there.</summary>
    public ImmutableList<SavedState> Saved { get; init; } = [];

    /// <summary>Passwords that open it now; the first of them does in a scenario that is at work.</summary>
    public string Password => Opens.Count > 0 ? Opens[0] : World.FirstPassword;

    /// <summary>A snapshot was reported as saved.</summary>
    public Ledger With(SavedState state) => this with { Saved = Saved.Add(state) };

    /// <summary>A snapshot of this time is asked to go: from now on nothing is said about it.</summary>
    public Ledger Without(NodeTime time) => this with { Saved = Saved.RemoveAll(state => state.Time == time) };
}
