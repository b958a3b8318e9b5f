namespace Sots.Restic.Maintenance;

/// <summary>
/// Where a check tells what happens. <see cref="Found"/> is called by one thread at a time, the others from any; all must return quickly
/// and never throw.
/// </summary>
public interface ICheckEvents
{
    /// <summary>A step begins, in restic's words: <c>load indexes</c> and so on.</summary>
    void Step(string text);

    /// <summary>Something was found.</summary>
    void Found(Finding finding);

    /// <summary>The packs to be read are chosen.</summary>
    /// <param name="count">How many.</param>
    /// <param name="bytes">Their bytes.</param>
    void PacksChosen(int count, long bytes);

    /// <summary>A pack has been read, whatever was found in it.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="bytes">Its length in bytes.</param>
    void PackDone(PackId pack, long bytes);
}
