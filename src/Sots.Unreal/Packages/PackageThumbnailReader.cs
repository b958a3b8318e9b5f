namespace Sots.Unreal.Packages;

/// <summary>Reads the table of thumbnails. The pictures lie before it, JPEG where the height is negative. Source: docs/UNREAL-PACKAGES.md, "Thumbnails".</summary>
internal static class PackageThumbnailReader
{
    private const int ShortestEntry = 12, PictureHeader = 12;

    public static PackageThumbnail[] Read(PackageSummary summary, ReadOnlySpan<byte> header, PackageSections sections)
    {
        if (summary.ThumbnailTableOffset <= 0)
        {
            return [];
        }

        PackageCursor at = new(header, summary.ThumbnailTableOffset, summary.IsBigEndian);
        int count = at.Count(ShortestEntry, "thumbnails");
        PackageThumbnail[] thumbnails = new PackageThumbnail[count];
        HashSet<int> seen = [];
        for (int i = 0; i < count; i++)
        {
            string type = at.String(), path = at.String();
            int offset = at.Int32();
            PackageCursor picture = new(header, offset, summary.IsBigEndian);
            int width = picture.Int32(), height = picture.Int32(), length = picture.Count(1, "bytes of a thumbnail");
            thumbnails[i] = new PackageThumbnail(type, path, width, height == int.MinValue ? 0 : Math.Abs(height), height < 0, offset + PictureHeader, length);
            picture.Skip(length);
            if (seen.Add(offset))
            {
                sections.Add("thumbnail", offset, picture.Position);
            }
        }

        sections.Add("thumbnails", summary.ThumbnailTableOffset, at.Position);
        return thumbnails;
    }
}
