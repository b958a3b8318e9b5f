namespace Sots.Backup.Sources;

/// <summary>Leaves out what any of several rules leaves out. Thread safe as its parts are.</summary>
public sealed class CombinedExcludes : ExcludeRules
{
    private readonly ExcludeRules[] _parts;

    private CombinedExcludes(ExcludeRules[] parts) => _parts = parts;

    /// <summary>The rules as one; asked in this order.</summary>
    public static ExcludeRules Of(params IEnumerable<ExcludeRules> parts)
    {
        ExcludeRules[] those = [.. parts.Where(static part => part != None)];
        return those.Length switch { 0 => None, 1 => those[0], _ => new CombinedExcludes(those) };
    }

    /// <inheritdoc/>
    public override bool RejectsName(DiskPath path)
    {
        foreach (ExcludeRules part in _parts)
        {
            if (part.RejectsName(path))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes)
    {
        foreach (ExcludeRules part in _parts)
        {
            if (part.RejectsEntry(path, isDirectory, sizeBytes))
            {
                return true;
            }
        }

        return false;
    }
}
