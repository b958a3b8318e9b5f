namespace Sots.Restic.Backends;

/// <summary>
/// Waits for other programs to let go of a file. On Windows a virus scanner or an indexer opens every new file for a moment, and
/// renaming or removing it fails until it is done.
/// </summary>
/// <param name="pause">Waits; a parameter so that tests need not.</param>
internal sealed class SharingPatience(Action<TimeSpan> pause)
{
    /// <summary>The waits between the attempts: 1.89 seconds in all.</summary>
    internal static readonly TimeSpan[] Waits = [.. new[] { 10, 30, 100, 250, 500, 1000 }.Select(wait => TimeSpan.FromMilliseconds(wait))];

    /// <summary>Calls <paramref name="attempt"/> until it returns 0 or an error that waiting does not help; returns the last result.</summary>
    /// <param name="attempt">Does the work and returns the system's error number, 0 for none.</param>
    /// <param name="mayPass">True for an error that another program's short use of the file explains.</param>
    public int Try(Func<int> attempt, Func<int, bool> mayPass)
    {
        foreach (TimeSpan wait in Waits)
        {
            int error = attempt();
            if (error == 0 || !mayPass(error))
            {
                return error;
            }

            pause(wait);
        }

        return attempt();
    }
}
