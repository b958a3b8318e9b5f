using CsCheck;
using Sots.Cli.Runs;
using Sots.Testing;

namespace Sots.Cli.Tests.Runs;

/// <summary>Which logs go.</summary>
public sealed class RunLogThinningTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Gen<StoredLog[]> Logs => Gen.Select(Gen.Int[0, 400], Gen.Long[0, 1000]).Array[0, 60]
        .Select(all => all.Select((one, i) => new StoredLog($"{i:D3}", Now.AddDays(-one.Item1), one.Item2)).ToArray());

    private static Gen<RunLogOptions> Options => Gen.Select(Gen.Int[1, 70], Gen.Int[0, 400], Gen.Long[0, 20_000])
        .Select(v => new RunLogOptions { KeepRuns = v.Item1, KeepDays = v.Item2, KeepBytes = v.Item3 });

    [Fact]
    public void What_stays_keeps_every_limit_or_is_the_newest_alone() => Gen.Select(Logs, Options).Sample((logs, options) =>
    {
        List<StoredLog> stay = [.. logs.Except(RunLogThinning.Choose(logs, Now, options))];
        return stay.Count <= 1
            || (stay.Count <= options.KeepRuns && stay.Skip(1).All(log => (Now - log.Time).TotalDays <= options.KeepDays || log == Newest(stay)) && stay.Sum(log => log.Bytes) <= Math.Max(options.KeepBytes, Newest(stay).Bytes));
    });

    [Fact]
    public void The_newest_log_always_stays() => Gen.Select(Logs, Options).Sample((logs, options) =>
        logs.Length == 0 || !RunLogThinning.Choose(logs, Now, options).Contains(Newest(logs)));

    [Fact]
    public void Thinning_twice_removes_nothing_more() => Gen.Select(Logs, Options).Sample((logs, options) =>
        RunLogThinning.Choose(logs.Except(RunLogThinning.Choose(logs, Now, options)), Now, options).Count == 0);

    [Fact]
    public void A_log_goes_only_for_a_reason() => Gen.Select(Logs, Options).Sample((logs, options) =>
    {
        RunLogOptions roomy = options with { KeepBytes = long.MaxValue, KeepDays = 10_000 };
        return RunLogThinning.Choose(logs, Now, roomy).Count == Math.Max(0, logs.Length - options.KeepRuns);
    });

    [Fact]
    public void Only_logs_of_runs_that_are_over_are_removed()
    {
        string[] names = ["20260101-000000-push-1.log", "20260102-000000-forget-prune-2.log", "20260103-000000-push-3-2.log", "20260104-000000-full-4.log", "notes.log", "runs.jsonl", "20260101-000000-push-1.txt"];
        for (int i = 0; i < names.Length; i++)
        {
            File.WriteAllText(_folder[names[i]], "x");
            File.SetLastWriteTimeUtc(_folder[names[i]], Now.UtcDateTime.AddDays(i - 10));
        }

        using (new FileStream(_folder[names[1]], FileMode.Open, FileAccess.Write, FileShare.Read))
        {
            RunLogThinning.Run(_folder.Path, new RunLiveness(_folder.Path, "h"), Now, new RunLogOptions { KeepRuns = 1 });
        }

        Assert.Equal([names[6], names[1], names[3], names[4], names[5]], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_that_is_gone_is_nothing_to_thin() =>
        Assert.Equal(0, RunLogThinning.Run(_folder["gone"], new RunLiveness(_folder.Path, "h"), Now, RunLogOptions.Default));

    private static StoredLog Newest(IEnumerable<StoredLog> logs) => logs.OrderByDescending(log => log.Time).ThenByDescending(log => log.Name, StringComparer.Ordinal).First();
}
