namespace Sots.Backup.Restoring;

/// <summary>Takes some files and folders with everything in them. Immutable, thread safe.</summary>
/// <param name="paths">Relative to the restored folder, "/"-separated; at least one.</param>
public sealed class ChosenPaths(IReadOnlyList<string> paths) : RestoreFilter
{
    private readonly PathScope _scope = paths.Count > 0 ? PathScope.Of(paths) : throw new ArgumentException("There are no paths.", nameof(paths));

    /// <inheritdoc/>
    public override bool Selects(ReadOnlySpan<byte> path, bool isDirectory) => _scope.Contains(path);

    /// <inheritdoc/>
    public override bool MayContain(ReadOnlySpan<byte> directory) => _scope.MayContain(directory);
}
