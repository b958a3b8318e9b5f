using Sots.Unreal.Content;

namespace Sots.Unreal.SourceArt;

/// <summary>How a source file is.</summary>
public enum SourceArtState
{
    /// <summary>There, and as it was imported.</summary>
    Present,

    /// <summary>There; whether it is as it was imported is not known, since the asset does not say.</summary>
    Unchecked,

    /// <summary>There, and not as it was imported: edited since, or another file under its name.</summary>
    Changed,

    /// <summary>Not there, or on another computer.</summary>
    Missing,
}

/// <summary>A file that assets were imported from.</summary>
/// <param name="Recorded">Its path as the editor wrote it.</param>
/// <param name="State">How it is.</param>
/// <param name="Assets">The assets that were made of it.</param>
public sealed record SourceArtFile(string Recorded, SourceArtState State, IReadOnlyList<ContentPackage> Assets)
{
    /// <summary>Its path in the tree; null where it is not in it.</summary>
    public string? Inside { get; init; }

    /// <summary>Its full path on this computer, where it lies outside the tree; null where it does not, or where that cannot be told.</summary>
    public string? Outside { get; init; }
}
