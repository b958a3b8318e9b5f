namespace Sots.Comparison;

/// <summary>Borg 1. It encrypts, and compresses as restic does by default.</summary>
internal sealed class BorgContender(string name, string program, string work) : Contender(name, program, work)
{
    /// <summary>Archives saved so far. Each is called by its number.</summary>
    private int _archives;

    /// <summary>It removes what is there first, so that this would be a restore like any other.</summary>
    public override bool CanRestoreInPlace => false;

    protected override IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["BORG_REPO"] = Repository,
        ["BORG_PASSPHRASE"] = Password,
        ["BORG_BASE_DIR"] = Cache,
        ["BORG_CACHE_DIR"] = Path.Combine(Cache, "cache"),
        ["BORG_CONFIG_DIR"] = Path.Combine(Cache, "config"),
        ["BORG_SECURITY_DIR"] = Path.Combine(Cache, "security"),
        ["BORG_KEYS_DIR"] = Path.Combine(Cache, "keys"),
        ["BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"] = "yes",
        ["BORG_RELOCATED_REPO_ACCESS_IS_OK"] = "yes",
    };

    private string KeptRepository => Path.Combine(Kept, "repository");

    private string KeptCache => Path.Combine(Kept, "cache");

    public override Cost Save(string folder) => Measure(["create", "--compression", "zstd,3", $"::{++_archives}", folder]);

    public override Cost Restore()
    {
        Directory.CreateDirectory(Target);
        return Measure(["extract", $"::{_archives}"], Target);
    }

    public override Cost Check() => Measure(["check", "--verify-data"]);

    public override Cost List() => Measure(["list"]);

    public override Cost Thin(int keep) => Measure(["prune", "--keep-last", $"{keep}"]) + Measure(["compact"]);

    /// <summary>It refuses a repository that is older than its cache, so that both are kept; copied, as it may write into files.</summary>
    public override void Keep()
    {
        Folders.Copy(Repository, KeptRepository, mayLink: false);
        Folders.Copy(Cache, KeptCache, mayLink: false);
    }

    public override void Reset()
    {
        Folders.Copy(KeptRepository, Repository, mayLink: false);
        Folders.Copy(KeptCache, Cache, mayLink: false);
    }

    protected override void Initialize() => Measure(["init", "--encryption", "repokey"]);
}
