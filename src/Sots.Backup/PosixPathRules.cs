namespace Sots.Backup;

/// <summary>Paths of Linux, macOS and their kin: bytes between slashes.</summary>
internal sealed class PosixPathRules : PathRules
{
    /// <inheritdoc/>
    public override byte Separator => (byte)'/';

    /// <inheritdoc/>
    public override bool IsSeparator(byte value) => value == (byte)'/';

    /// <inheritdoc/>
    public override int VolumeLength(ReadOnlySpan<byte> path) => 0;

    /// <inheritdoc/>
    public override bool IsAbsolute(DiskPath path) => path.Bytes.StartsWith("/"u8);

    /// <inheritdoc/>
    public override bool AreSameName(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.SequenceEqual(right);

    /// <inheritdoc/>
    public override DiskPath MakeAbsolute(DiskPath path, DiskPath workingDirectory) =>
        Clean(IsAbsolute(path) ? path : Join(workingDirectory, path.Bytes));

    /// <inheritdoc/>
    internal override string? WhyNameRefused(ReadOnlySpan<byte> name) => null;
}
