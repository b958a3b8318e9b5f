using System.Diagnostics.CodeAnalysis;

namespace Sots.Backup.Restoring;

/// <summary>Names of a directory, told apart as the target's system does: by bytes, or without regard to case.</summary>
/// <param name="rules">The system.</param>
/// <param name="capacity">How many are expected.</param>
internal sealed class NameSet(PathRules rules, int capacity)
{
    private readonly HashSet<byte[]> _names = new(capacity, new Comparer(rules));

    /// <summary>Adds a name; false where one like it is there.</summary>
    public bool Add(byte[] name) => _names.Add(name);

    /// <summary>Whether a name like this is there.</summary>
    public bool Contains(byte[] name) => _names.Contains(name);

    private sealed class Comparer(PathRules rules) : IEqualityComparer<byte[]>
    {
        private readonly bool _ignoresCase = rules == PathRules.Windows;

        public bool Equals(byte[]? x, byte[]? y) => _ignoresCase ? rules.AreSameName(x, y) : x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] name)
        {
            if (_ignoresCase)
            {
                return string.GetHashCode(PathText.ToText(name), StringComparison.OrdinalIgnoreCase);
            }

            HashCode hash = default;
            hash.AddBytes(name);
            return hash.ToHashCode();
        }
    }
}
