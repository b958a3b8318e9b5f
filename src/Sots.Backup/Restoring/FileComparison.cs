using System.Buffers;
using Sots.Restic;

namespace Sots.Backup.Restoring;

/// <summary>Compares a file of the target with the blobs it should consist of, by their hashes.</summary>
internal static class FileComparison
{
    /// <summary>
    /// The numbers of the blobs whose bytes are not at their place, ascending; none where the file begins with exactly that content.
    /// </summary>
    /// <exception cref="TargetException">The file cannot be read.</exception>
    public static List<int> FindDifferences(TargetFile file, IEnumerable<FileBlob> blobs, CancellationToken cancellationToken)
    {
        List<int> differing = [];
        byte[] buffer = [];
        int number = 0;
        try
        {
            foreach (FileBlob blob in blobs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int length = (int)blob.Location.PlainLength;
                if (buffer.Length < length)
                {
                    Return(buffer);
                    buffer = [];
                    buffer = ArrayPool<byte>.Shared.Rent(length);
                }

                Span<byte> content = buffer.AsSpan(0, length);
                if (!TryRead(file, blob.Offset, content) || ContentId.Of(content) != blob.Id.Value)
                {
                    differing.Add(number);
                }

                number++;
            }

            return differing;
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
