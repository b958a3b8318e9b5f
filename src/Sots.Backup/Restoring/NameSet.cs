namespace Sots.Backup.Restoring;

/// <summary>Names of a directory, told apart as the target's system does: by bytes, or without regard to case.</summary>
/// <param name="rules">The system.</param>
/// <param name="capacity">How many are expected.</param>
internal sealed class NameSet(PathRules rules, int capacity)
{
    private readonly HashSet<byte[]> _names = new(capacity, new NameComparer(rules));

    /// <summary>Adds a name; false where one like it is there.</summary>
    public bool Add(byte[] name) => _names.Add(name);

    /// <summary>Whether a name like this is there.</summary>
    public bool Contains(byte[] name) => _names.Contains(name);
}
