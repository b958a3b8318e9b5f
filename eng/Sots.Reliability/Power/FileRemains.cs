namespace Sots.Reliability.Power;

/// <summary>What a power cut leaves of bytes that were written but not flushed.</summary>
internal enum Remains
{
    /// <summary>All of them.</summary>
    Whole,

    /// <summary>None.</summary>
    Nothing,

    /// <summary>The length, and zeros.</summary>
    Zeros,

    /// <summary>The length, and in some pages of 4 KiB what lay there before.</summary>
    Garbage,

    /// <summary>One byte.</summary>
    FirstByte,

    /// <summary>Half of them.</summary>
    Half,

    /// <summary>All but the last.</summary>
    WithoutLast,
}

/// <summary>Makes what is left of files, each form once.</summary>
/// <param name="seed">Start of the garbage.</param>
internal sealed class FileRemains(int seed)
{
    private const int Page = 4096;

    private readonly Dictionary<(DiskFile File, Remains Form, int Safe, int Length), DiskFile> _made = [];

    /// <summary>The file as it is found after the cut.</summary>
    /// <param name="file">The file with all its bytes.</param>
    /// <param name="form">What is left.</param>
    /// <param name="safe">Bytes that were flushed.</param>
    /// <param name="length">Bytes that had been written.</param>
    public DiskFile Of(DiskFile file, Remains form, int safe, int length)
    {
        if (form == Remains.Whole && length == file.Length)
        {
            return file;
        }

        if (!_made.TryGetValue((file, form, safe, length), out DiskFile? made))
        {
            made = new DiskFile(Make(file.Content[..length], form, safe));
            _made.Add((file, form, safe, length), made);
        }

        return made;
    }

    private byte[] Make(ReadOnlySpan<byte> written, Remains form, int safe)
    {
        int open = written.Length - safe;
        byte[] content = written[..(form switch
        {
            Remains.Nothing => safe,
            Remains.FirstByte => safe + Math.Min(1, open),
            Remains.Half => safe + (open / 2),
            Remains.WithoutLast => safe + Math.Max(0, open - 1),
            _ => written.Length,
        })].ToArray();
        if (form == Remains.Zeros)
        {
            content.AsSpan(safe).Clear();
        }
        else if (form == Remains.Garbage)
        {
            Random random = new(seed);
            for (int start = safe; start < content.Length; start += Page)
            {
                // At least the first page, or nothing would be wrong with it.
                if (start == safe || random.Next(2) == 0)
                {
                    random.NextBytes(content.AsSpan(start, Math.Min(Page, content.Length - start)));
                }
            }
        }

        return content;
    }
}
