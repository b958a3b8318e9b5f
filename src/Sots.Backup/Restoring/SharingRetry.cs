namespace Sots.Backup.Restoring;

/// <summary>
/// Patience with programs that look into every new file for a moment (virus scanners, indexers): what fails on Windows because a file
/// is open elsewhere is tried again a few times, for two seconds at most.
/// </summary>
internal static class SharingRetry
{
    private const int AccessDenied = 5;
    private const int SharingViolation = 32;
    private const int LockViolation = 33;

    /// <summary>A denied access is waited for only this often: usually it is final, sometimes a deletion under way.</summary>
    private const int DeniedWaits = 2;

    private static readonly int[] WaitsInMilliseconds = [20, 80, 300, 600, 1000];

    /// <summary>Calls until there is success, another error, or no patience left.</summary>
    /// <param name="attempt">Returns 0 or a Windows error code.</param>
    /// <param name="wait">Waits.</param>
    /// <returns>The last result.</returns>
    public static int Run(Func<int> attempt, Action<TimeSpan> wait)
    {
        for (int i = 0; ; i++)
        {
            int error = attempt();
            bool isPassing = error is SharingViolation or LockViolation || (error == AccessDenied && i < DeniedWaits);
            if (!isPassing || i == WaitsInMilliseconds.Length)
            {
                return error;
            }

            wait(TimeSpan.FromMilliseconds(WaitsInMilliseconds[i]));
        }
    }
}
