using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Histories;

/// <summary>A picture of a version, as the editor stored it.</summary>
/// <param name="IsJpeg">JPEG, else PNG.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Bytes">The file.</param>
public sealed record VersionPicture(bool IsJpeg, int Width, int Height, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Longest picture that is taken, bytes; the editor's have some ten thousand.</summary>
    public const int MaxLength = 8 << 20;

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The largest picture of a version; null where it has none.</summary>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public static async ValueTask<VersionPicture?> FindAsync(SnapshotPackages packages, HistoryVersion version, CancellationToken cancellationToken)
    {
        if (version.Node is not { } file || !AssetFacts.IsPackage(version.Path))
        {
            return null;
        }

        try
        {
            ReadOnlyMemory<byte> start = await packages.LoadStartAsync(file, cancellationToken).ConfigureAwait(false);
            PackageHeader header = PackageReader.Read(start.Span, (long)Math.Min(file.Size, long.MaxValue));
            return header.Thumbnails
                .Where(picture => picture.Length > 0 && picture.Length <= MaxLength && picture.Offset >= 0 && picture.Offset <= start.Length - picture.Length)
                .Select(picture => new VersionPicture(picture.IsJpeg, picture.Width, picture.Height, start.Slice(picture.Offset, picture.Length)))
                .Where(static picture => picture.Bytes.Span.StartsWith(picture.IsJpeg ? Jpeg : Png))
                .MaxBy(static picture => (long)picture.Width * picture.Height);
        }
        catch (PackageException)
        {
            // What is damaged has no picture; its health says so.
            return null;
        }
    }
}
