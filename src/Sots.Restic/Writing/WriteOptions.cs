namespace Sots.Restic.Writing;

/// <summary>How new blobs are stored.</summary>
public sealed record WriteOptions
{
    /// <summary>Default of <see cref="PackSizeBytes"/>: 16 MiB.</summary>
    public const int DefaultPackSizeBytes = 16 << 20;

    /// <summary>Compression of data blobs; default <see cref="CompressionMode.Auto"/>.</summary>
    public CompressionMode Compression { get; init; } = CompressionMode.Auto;

    /// <summary>Size in bytes at which a pack is closed, 4 to 128 MiB; default 16 MiB. A pack exceeds it by at most one blob.</summary>
    public int PackSizeBytes { get; init; } = DefaultPackSizeBytes;

    /// <summary>Called before an index or a snapshot is written; throws where the lock of this process was lost.</summary>
    public Func<CancellationToken, ValueTask> EnsureLocked { get; init; } = static _ => ValueTask.CompletedTask;

    /// <summary>
    /// Called where something that was being written was taken away; as <see cref="EnsureLocked"/>, and looks for the lock itself however young it is.
    /// Null, the default, for <see cref="EnsureLocked"/>.
    /// </summary>
    public Func<CancellationToken, ValueTask>? ProveLocked { get; init; }

    /// <summary>Called when a pack is on the disk, with what it holds; from any thread, several at once. By default nobody listens.</summary>
    public Action<PackId, IReadOnlyList<Packs.PackedBlob>> Stored { get; init; } = static (_, _) => { };

    /// <summary>Clock for the age of an index; default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Which of the open packs a blob goes into; null for chance, which is what hides the sizes of chunks. For tests.</summary>
    internal Func<ContentId, int>? PackChoice { get; init; }

    /// <summary>Bytes of a pack that are collected before they are written, where the storage takes packs in pieces; default 512 KiB. For tests.</summary>
    internal int PieceBytes { get; init; } = 512 << 10;
}
