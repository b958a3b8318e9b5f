namespace Sots.Backup.Restoring;

/// <summary>Decides what a restore takes. Paths are "/"-separated with a leading "/", as bytes.</summary>
public abstract class RestoreFilter
{
    /// <summary>Takes everything.</summary>
    public static RestoreFilter All { get; } = new AllFilter();

    /// <summary>True where nothing can be left out, which lets <c>--delete</c> refuse dangerous targets.</summary>
    public virtual bool TakesEverything => false;

    /// <summary>True where the target folder itself is cleaned of what is to be deleted, even if nothing in it is restored.</summary>
    public virtual bool TakesTargetItself => false;

    /// <summary>
    /// True where entries that are to go may lie in folders that the snapshot does not have and that stay. Patterns do not ask for that: they
    /// remove such a folder with what is in it, or leave it alone, as restic's do.
    /// </summary>
    public virtual bool EntersSurplus => false;

    /// <summary>Whether the entry itself is restored.</summary>
    public abstract bool Selects(ReadOnlySpan<byte> path, bool isDirectory);

    /// <summary>Whether something below the directory may be restored, so that it has to be walked.</summary>
    public abstract bool MayContain(ReadOnlySpan<byte> directory);

    /// <summary>
    /// Asked by a restore in place right before something that is in the way of an entry, or is surplus, is replaced or removed: false where
    /// it has to stay.
    /// </summary>
    internal virtual bool MayReplace(byte[] path, in Sources.FileStatus there) => true;

    private sealed class AllFilter : RestoreFilter
    {
        public override bool TakesEverything => true;

        public override bool Selects(ReadOnlySpan<byte> path, bool isDirectory) => true;

        public override bool MayContain(ReadOnlySpan<byte> directory) => true;
    }
}
