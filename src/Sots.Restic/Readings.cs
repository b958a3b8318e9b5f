namespace Sots.Restic;

/// <summary>
/// Tells of readings of the repository that were wrong once and right when they were made again. Nothing is lost then, but the machine is
/// not to be trusted, and its owner should know. Thread safe.
/// </summary>
/// <param name="notice">Gets one line each, and a last one where there are too many.</param>
internal sealed class Readings(Action<string> notice)
{
    private const int MostLines = 10;
    private int _told;

    /// <summary>Added to the message of damage that is another one each time it is read.</summary>
    public const string Unstable = "each reading gives other bytes: the disk, its cable or the memory of this machine is failing";

    /// <summary>Something was garbled, and right when it was read again.</summary>
    /// <param name="what">The file, or the blob and its pack.</param>
    public void Healed(string what)
    {
        int number = Interlocked.Increment(ref _told);
        if (number <= MostLines)
        {
            notice($"read again: {what}: the first reading was garbled, the second is right; the disk, its cable or the memory of this machine is not reliable");
        }
        else if (number == MostLines + 1)
        {
            notice("read again: more of the same, which is not shown");
        }
    }
}
