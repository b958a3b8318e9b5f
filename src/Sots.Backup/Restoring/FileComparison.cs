using System.Buffers;
using Sots.Restic;

namespace Sots.Backup.Restoring;

/// <summary>Compares a file of the target with the blobs it should consist of, by their hashes.</summary>
internal static class FileComparison
{
    /// <summary>The blobs whose bytes are not at their place; none where the file has exactly that content (its length aside).</summary>
    /// <exception cref="TargetException">The file cannot be read.</exception>
    public static List<int> FindDifferences(TargetFile file, ReadOnlySpan<PlannedBlob> blobs, CancellationToken cancellationToken)
    {
        List<int> differing = [];
        byte[] buffer = [];
        try
        {
            for (int i = 0; i < blobs.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                PlannedBlob blob = blobs[i];
                if (buffer.Length < blob.Length)
                {
                    Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(blob.Length);
                }

                Span<byte> content = buffer.AsSpan(0, blob.Length);
                if (!TryRead(file, blob.Offset, content) || ContentId.Of(content) != blob.Id.Value)
                {
                    differing.Add(i);
                }
            }

            return differing;
        }
        finally
        {
            Return(buffer);
        }
    }

    /// <summary>Whether a file has exactly the content of the blobs and nothing behind it.</summary>
    /// <exception cref="Sources.SourceException">The file cannot be read.</exception>
    public static bool IsExactly(Sources.SourceFile file, ReadOnlySpan<PlannedBlob> blobs, long sizeBytes)
    {
        if (file.Status.SizeBytes != sizeBytes)
        {
            return false;
        }

        byte[] buffer = [];
        try
        {
            foreach (PlannedBlob blob in blobs)
            {
                if (buffer.Length < blob.Length)
                {
                    Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(blob.Length);
                }

                Span<byte> content = buffer.AsSpan(0, blob.Length);
                for (Span<byte> rest = content; rest.Length > 0;)
                {
                    int read = file.Read(rest);
                    if (read == 0)
                    {
                        return false;
                    }

                    rest = rest[read..];
                }

                if (ContentId.Of(content) != blob.Id.Value)
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            Return(buffer);
        }
    }

    private static bool TryRead(TargetFile file, long offset, Span<byte> content)
    {
        while (content.Length > 0)
        {
            int read = file.Read(offset, content);
            if (read == 0)
            {
                return false;
            }

            offset += read;
            content = content[read..];
        }

        return true;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
