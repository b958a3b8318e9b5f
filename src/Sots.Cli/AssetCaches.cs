using Sots.Restic;
using Sots.Unreal.Assets;

namespace Sots.Cli;

/// <summary>What is remembered of the packages of a repository, so that none is read twice.</summary>
internal sealed class AssetCaches
{
    private AssetCaches() => Facts = new AssetFactsCache();

    /// <summary>Facts of packages.</summary>
    public AssetFactsCache Facts { get; }

    /// <summary>Loads what is remembered of a repository.</summary>
    public static AssetCaches Open(CommandRun run, OpenRepository repository) => new();

    /// <summary>Keeps what is new, for the next command.</summary>
    public bool Save() => Facts.HasNews;
}
