using System.Globalization;
using Sots.Restic.Backends;

namespace Sots.Restic.Locking;

/// <summary>Looks through the lock files for one that is in the way of a lock of ours.</summary>
internal sealed class LockSurvey(ILockStore store, LockOptions options)
{
    /// <summary>
    /// Finds a lock that conflicts, or null. A lock in the way whose holder is provably dead is removed, with a line. Files that cannot
    /// be read are looked at again for 35 seconds before they are an error: whoever wrote them may be about to finish.
    /// </summary>
    /// <param name="exclusive">Whether ours is to be exclusive: then every lock conflicts, otherwise only exclusive ones.</param>
    /// <param name="own">Our own lock file, or null.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<(LockId Id, LockFile Content)?> FindConflictAsync(bool exclusive, LockId? own, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            (LockId Id, RepositoryException Error)? unreadable = null;
            List<StoredFile> files = await ListAsync(cancellationToken);
            foreach (StoredFile file in files)
            {
                LockId id = new(file.Name);
                if (file.Length == 0 || id == own)
                {
                    continue;
                }

                try
                {
                    LockFile content = await store.LoadAsync(id, cancellationToken);
                    if ((exclusive || content.Exclusive) && !await ClearDeadAsync(id, content, cancellationToken))
                    {
                        return (id, content);
                    }
                }
                catch (RepositoryException e)
                {
                    // One that is gone belongs to somebody who has finished meanwhile.
                    if (e.Kind != RepositoryErrorKind.Missing || (await ListAsync(cancellationToken)).Exists(still => still.Name == file.Name))
                    {
                        unreadable ??= (id, e);
                    }
                }
            }

            if (unreadable is not (LockId bad, RepositoryException error))
            {
                return null;
            }

            if (attempt == LockRules.UnreadableWaits.Length)
            {
                throw Invalid(bad, error);
            }

            TimeSpan wait = LockRules.UnreadableWaits[attempt];
            options.Report(string.Create(
                CultureInfo.InvariantCulture, $"cannot read {FileHandle.Of(bad)}: {error.Message}; looking again in {wait.TotalSeconds} s"));
            await Task.Delay(wait, options.Time, cancellationToken);
        }
    }

    /// <summary>All lock files, empty ones too.</summary>
    public async ValueTask<List<StoredFile>> ListAsync(CancellationToken cancellationToken)
    {
        List<StoredFile> files = [];
        await foreach (StoredFile file in store.ListAsync(cancellationToken).WithCancellation(cancellationToken))
        {
            files.Add(file);
        }

        return files;
    }

    /// <summary>Removes a lock file, which may be gone already.</summary>
    public async ValueTask RemoveIfThereAsync(LockId id, CancellationToken cancellationToken)
    {
        try
        {
            await store.RemoveAsync(id, cancellationToken);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
        {
            // Gone is what it should be.
        }
    }

    private async ValueTask<bool> ClearDeadAsync(LockId id, LockFile content, CancellationToken cancellationToken)
    {
        if (!options.Identity.IsProvablyDead(content, LockRules.AgeOf(content, options.Time)))
        {
            return false;
        }

        await RemoveIfThereAsync(id, cancellationToken);
        options.Report($"removed the lock {id.Value.ToShortString()} of {LockRules.Describe(content)}: that process is no longer running");
        return true;
    }

    private static RepositoryException Invalid(LockId id, RepositoryException error) => new(
        RepositoryErrorKind.Locked,
        $"unable to create lock in backend: {FileHandle.Of(id)} is an invalid lock file: {error.Message}",
        "Make sure that nobody else works on the repository, then remove the file with `unlock --remove-all`.",
        error);
}
