namespace Sots.Comparison;

/// <summary>A program that understands the command lines of restic and writes its format: restic of any version, and ours.</summary>
internal sealed class ResticContender(string name, string program, string work) : Contender(name, program, work)
{
    protected override IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["RESTIC_REPOSITORY"] = Repository,
        ["RESTIC_PASSWORD"] = Password,
        ["RESTIC_CACHE_DIR"] = Cache,
    };

    public override Cost Save(string folder) => Measure(["backup", folder]);

    public override Cost Restore() => Measure(["restore", "latest", "--target", Target]);

    public override Cost Check() => Measure(["check", "--read-data"]);

    public override Cost List() => Measure(["snapshots"]);

    /// <summary>Lists the files of the newest snapshot.</summary>
    public Cost ListFiles() => Measure(["ls", "latest"]);

    public override Cost Thin(int keep) => Measure(["forget", "--keep-last", $"{keep}", "--prune"]);

    protected override void Initialize() => Measure(["init"]);
}
