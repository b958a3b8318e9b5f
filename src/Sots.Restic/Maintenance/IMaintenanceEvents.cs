namespace Sots.Restic.Maintenance;

/// <summary>Where a prune or a repair tells what happens. Called from any thread; must return quickly and never throw.</summary>
public interface IMaintenanceEvents
{
    /// <summary>A step begins, in restic's words: <c>repacking packs</c> and so on.</summary>
    void Step(string text);

    /// <summary>Something worth a line when more is asked for.</summary>
    void Detail(string text);

    /// <summary>A file is gone.</summary>
    /// <param name="file">The file, in restic's words.</param>
    void Removed(string file);

    /// <summary>Something to be seen that does not stop the work.</summary>
    void Warning(string text);

    /// <summary>A counted part of the work begins.</summary>
    /// <param name="what">What is counted, in restic's words: <c>packs repacked</c>.</param>
    /// <param name="count">How many.</param>
    /// <param name="bytes">Their bytes, or 0 where that says nothing.</param>
    void Begin(string what, long count, long bytes);

    /// <summary>One of what is counted is done.</summary>
    /// <param name="bytes">Its bytes.</param>
    void Done(long bytes);

    /// <summary>The counted part of the work is over.</summary>
    void End();
}
