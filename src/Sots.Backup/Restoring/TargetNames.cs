namespace Sots.Backup.Restoring;

/// <summary>
/// Which names a restore refuses. Names come from the repository, and whoever could write there could have chosen them: what is not a
/// plain name of one entry never reaches the disk.
/// </summary>
public static class TargetNames
{
    /// <summary>Why an entry of this name is not restored, in words, or null where it may be.</summary>
    /// <param name="name">The bytes of the name.</param>
    /// <param name="rules">The system it would be restored on.</param>
    public static string? WhyRefused(ReadOnlySpan<byte> name, PathRules rules) =>
        WhyNotOneEntry(name) ?? rules.WhyNameRefused(name);

    /// <summary>Why the bytes cannot name an entry of a directory on any system, or null.</summary>
    internal static string? WhyNotOneEntry(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return "the name is empty";
        }

        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
        {
            return "the name would lead to another directory";
        }

        if (name.Contains((byte)'/'))
        {
            return "the name contains a '/'";
        }

        return name.Contains((byte)0) ? "the name contains a NUL byte" : null;
    }
}
