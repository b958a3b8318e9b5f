using System.Diagnostics.CodeAnalysis;

namespace Sots.Backup.Restoring;

/// <summary>Tells names, or whole paths below a folder, apart as a system does: by bytes, or without regard to case.</summary>
/// <param name="rules">The system.</param>
internal sealed class NameComparer(PathRules rules) : IEqualityComparer<byte[]>
{
    private readonly bool _ignoresCase = rules == PathRules.Windows;

    /// <summary>The one of this system.</summary>
    public static NameComparer Current { get; } = new(PathRules.Current);

    /// <inheritdoc/>
    public bool Equals(byte[]? x, byte[]? y) => _ignoresCase ? rules.AreSameName(x, y) : x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
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
