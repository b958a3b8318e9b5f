using Sots.Backup.Progress;
using Sots.Restic;

namespace Sots.Backup.Restoring;

/// <summary>
/// Listens while a safety snapshot is made. One that lacks something that will be changed, or something that the restored snapshot has, must
/// not come to be: going back to it would take that for added by the restore, and remove it. Thread safe.
/// </summary>
/// <param name="plan">What will be done.</param>
/// <param name="events">Told everything.</param>
internal sealed class SafetyEvents(InPlacePlan plan, IOperationEvents events) : IOperationEvents
{
    private readonly Lock _gate = new();
    private string? _notSaved;

    /// <inheritdoc/>
    public bool WantsItems => events.WantsItems;

    /// <inheritdoc/>
    public bool WantsUnchangedItems => events.WantsUnchangedItems;

    /// <summary>To be called before the snapshot is written.</summary>
    /// <exception cref="RepositoryException">Something that matters could not be saved.</exception>
    public void ThrowIfIncomplete()
    {
        lock (_gate)
        {
            if (_notSaved is not null)
            {
                throw NotSaved(_notSaved);
            }
        }
    }

    /// <summary>The error of a restore in place that must not begin.</summary>
    public static RepositoryException NotSaved(string path) => new(
        RepositoryErrorKind.InvalidRequest, $"{path} would be changed, but it could not be saved as it is.",
        "Nothing was changed. Close the program that uses it, or make it readable, and try again.");

    /// <inheritdoc/>
    public void Message(string text) => events.Message(text);

    /// <inheritdoc/>
    public void Detail(string text) => events.Detail(text);

    /// <inheritdoc/>
    public void Item(in ItemEvent item) => events.Item(item);

    /// <inheritdoc/>
    public void Problem(ProblemEvent problem)
    {
        events.Problem(problem);
        if (!problem.IsOfRepository && Matters(problem.Item))
        {
            lock (_gate)
            {
                _notSaved ??= problem.Item;
            }
        }
    }

    /// <summary>Whether an entry, or anything below it, is changed or restored by the plan. So is everything if it is not in the project's folder.</summary>
    private bool Matters(string item)
    {
        List<byte[]> root = PathRules.Current.Components(plan.Options.Root);
        List<byte[]> path = PathRules.Current.Components(DiskPaths.Clean(DiskPath.FromText(item)));
        if (path.Count <= root.Count || !root.Zip(path).All(static pair => NameComparer.Current.Equals(pair.First, pair.Second)))
        {
            return true;
        }

        byte[] key = [.. path.Skip(root.Count).SelectMany(static name => (byte[])[(byte)'/', .. name])];
        byte[] below = [.. key, (byte)'/'];
        return plan.Target.All.Select(static entry => entry.Path).Concat(plan.Changes.Where(InPlacePlan.OverwritesFile).Select(static change => change.Key))
            .Any(other => NameComparer.Current.Equals(other, key) || other.AsSpan().StartsWith(below));
    }
}
