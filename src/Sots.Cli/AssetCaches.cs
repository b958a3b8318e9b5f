using System.Text;
using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Histories;

namespace Sots.Cli;

/// <summary>
/// What is remembered of the packages of a repository, so that none is read twice. Lies in the folder that restic's flags name, else in that
/// of the user for such things; without one, and with <c>--no-cache</c>, nothing is remembered beyond the command.
/// </summary>
internal sealed class AssetCaches
{
    private const string Own = "sots_backup", FactsName = "assets", DetailsName = "versions";
    private readonly string? _folder;
    private AssetDetailsCache? _details;

    private AssetCaches(string? folder)
    {
        _folder = folder;
        Facts = folder is null ? new AssetFactsCache() : AssetFactsCache.Load(Path.Combine(folder, FactsName));
    }

    /// <summary>Facts of packages.</summary>
    public AssetFactsCache Facts { get; }

    /// <summary>Details of versions, loaded when they are first asked for.</summary>
    public AssetDetailsCache Details => _details ??= _folder is null ? new AssetDetailsCache() : AssetDetailsCache.Load(Path.Combine(_folder, DetailsName));

    /// <summary>Loads what is remembered of a repository.</summary>
    public static AssetCaches Open(CommandRun run, OpenRepository repository) => new(FolderOf(run, repository));

    /// <summary>Where things about a repository are kept that can be found out again; null for nowhere.</summary>
    public static string? FolderOf(CommandRun run, OpenRepository repository)
    {
        CliEnvironment environment = run.Environment;
        if (run.Global.NoCache)
        {
            return null;
        }

        string? above = run.Global.CacheFolder is { } chosen ? environment.FullPath(chosen.Value)
            : environment.Variable("XDG_CACHE_HOME") is { } xdg && Path.IsPathFullyQualified(xdg) ? xdg
            : environment.Variable("LOCALAPPDATA") is { } local && Path.IsPathFullyQualified(local) ? local
            : environment.Variable("HOME") is { } home && Path.IsPathFullyQualified(home) ? Path.Combine(home, ".cache")
            : null;

        // The id is what somebody wrote into the repository: only one that is an id is the name of a folder.
        string id = repository.Config.Id;
        return above is null ? null : Path.Combine(above, Own, ContentId.TryParse(id, out ContentId whole) ? whole.ToString() : ContentId.Of(Encoding.UTF8.GetBytes(id)).ToString());
    }

    /// <summary>Keeps what is new, for the next command.</summary>
    public void Save()
    {
        if (_folder is null)
        {
            return;
        }

        if (Facts.HasNews)
        {
            Facts.Save(Path.Combine(_folder, FactsName));
        }

        if (_details is { HasNews: true })
        {
            _details.Save(Path.Combine(_folder, DetailsName));
        }
    }
}
