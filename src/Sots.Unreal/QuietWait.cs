using Sots.Backup;
using Sots.Backup.Sources;

namespace Sots.Unreal;

/// <summary>What the files of some folders are at a moment, as far as their names, sizes and times tell.</summary>
/// <param name="Newest">The time of the last change.</param>
/// <param name="Entries">Files and folders.</param>
/// <param name="Mark">Differs where anything differs.</param>
public readonly record struct ContentState(DateTimeOffset Newest, long Entries, long Mark)
{
    /// <summary>Looks at folders; what cannot be looked at does not count. Links are not followed, but for the folders themselves.</summary>
    /// <param name="folders">Absolute; those that are not there do not count.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static ContentState Look(IEnumerable<string> folders, CancellationToken cancellationToken)
    {
        ContentState state = new(DateTimeOffset.MinValue, 0, 0);
        Stack<(DiskPath Path, bool IsFirst)> open = new(folders.Select(static folder => (DiskPath.FromText(folder), true)));
        while (open.TryPop(out (DiskPath Path, bool IsFirst) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (folder.IsFirst)
                {
                    state = state.With(folder.Path, SourceFileSystem.Current.GetStatus(folder.Path, followLinks: true));
                }

                using SourceDirectory directory = SourceFileSystem.Current.OpenDirectory(folder.Path, followLink: folder.IsFirst);
                for (int i = 0; i < directory.Count; i++)
                {
                    if (directory.TryGetStatus(i, out FileStatus status))
                    {
                        DiskPath path = folder.Path.Join(directory.NameOf(i));
                        state = state.With(path, status);
                        if (status.IsDirectory)
                        {
                            open.Push((path, false));
                        }
                    }
                }
            }
            catch (SourceException)
            {
                // Not there, or gone meanwhile: the folder above has another time then.
            }
        }

        return state;
    }

    private ContentState With(DiskPath path, in FileStatus status)
    {
        DiskTime one = status.ModifiedTime, other = status.ChangeTime;
        DiskTime time = (one.UnixSeconds, one.Nanoseconds).CompareTo((other.UnixSeconds, other.Nanoseconds)) > 0 ? one : other;
        DateTimeOffset changed = DateTimeOffset.UnixEpoch.AddTicks(unchecked((Math.Clamp(time.UnixSeconds, -1L << 33, 1L << 37) * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100)));
        int mark = HashCode.Combine(path, status.Type, status.IsFile ? status.SizeBytes : 0, status.ModifiedTime, status.ChangeTime, status.Inode);
        return new ContentState(changed > Newest ? changed : Newest, Entries + 1, unchecked(Mark + mark));
    }
}

/// <summary>How a wait for a quiet moment ended.</summary>
/// <param name="IsQuiet">False where the limit came first.</param>
/// <param name="Waited">How long it took; zero where it was quiet already.</param>
public sealed record QuietMoment(bool IsQuiet, TimeSpan Waited);

/// <summary>
/// Waits until nothing has changed for some time, so that a snapshot does not get a level of which half the actors are saved. Looks as seldom
/// as it can: again when it could be quiet.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="look">What the files are now.</param>
public sealed class QuietWait(TimeProvider time, Func<CancellationToken, ContentState> look)
{
    /// <summary>Waits.</summary>
    /// <param name="quiet">For how long nothing must have changed.</param>
    /// <param name="limit">After this much waiting it ends, quiet or not.</param>
    /// <param name="begins">Called once where there is something to wait for; null for nobody.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<QuietMoment> RunAsync(TimeSpan quiet, TimeSpan limit, Action? begins, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        ContentState state = look(cancellationToken);
        TimeSpan changed = -Age(state);
        for (bool first = true; ; first = false)
        {
            TimeSpan waited = time.GetElapsedTime(start), rest = quiet - (waited - changed);
            if (rest <= TimeSpan.Zero || waited >= limit)
            {
                return new QuietMoment(rest <= TimeSpan.Zero, first ? TimeSpan.Zero : waited);
            }

            if (first)
            {
                begins?.Invoke();
            }

            await Task.Delay(rest < limit - waited ? rest : limit - waited, time, cancellationToken).ConfigureAwait(false);
            ContentState next = look(cancellationToken);
            if (next != state)
            {
                // A file that was moved here keeps its old time: then all that is known is that it was not there before.
                TimeSpan now = time.GetElapsedTime(start), age = next.Newest > state.Newest ? Age(next) : TimeSpan.Zero;
                changed = age < now - waited ? now - age : now;
                state = next;
            }
        }
    }

    /// <summary>How long ago the last change was; a time in the future counts as now.</summary>
    private TimeSpan Age(ContentState state)
    {
        TimeSpan age = time.GetUtcNow() - state.Newest;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }
}
