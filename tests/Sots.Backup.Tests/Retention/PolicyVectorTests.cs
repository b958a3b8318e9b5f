using System.Text.Json;
using Sots.Backup.Operations;
using Sots.Backup.Retention;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Retention;

/// <summary>91 snapshots and 38 policies: what restic keeps and removes of them, and why.</summary>
public class PolicyVectorTests
{
    [Fact]
    public void Every_policy_keeps_and_removes_what_restic_does_for_the_same_reasons()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.PathOf("vectors", "forget", "expected.json")));
        SavedSnapshot[] snapshots = [.. expected.RootElement.GetProperty("snapshots").EnumerateObject().Select(Snapshot)];
        Assert.Equal(91, snapshots.Length);
        int policies = 0, refused = 0;
        foreach (JsonElement policy in expected.RootElement.GetProperty("policies").EnumerateArray())
        {
            string[] arguments = [.. policy.GetProperty("args").EnumerateArray().Select(word => word.GetString()!)];
            string name = string.Join(' ', arguments);
            (ForgetOptions options, SnapshotFilter filter) = PolicyArguments.Parse(arguments);
            SavedSnapshot[] chosen = [.. snapshots.Where(saved => filter.Matches(saved.Snapshot))];
            JsonElement restic = policy.GetProperty("0.19.1");
            if (restic.ValueKind == JsonValueKind.Object)
            {
                RepositoryException refusal = Assert.Throws<RepositoryException>(() => ForgetPlan.Make(chosen, options));
                Assert.Contains("refusing to delete last snapshot", refusal.Message, StringComparison.Ordinal);
                refused++;
            }
            else
            {
                Assert.Equal(
                    restic.EnumerateArray().Select(group => Expected(name, group)).Order(StringComparer.Ordinal).ToArray(),
                    ForgetPlan.Make(chosen, options).Groups.Select(group => TextOf(name, group)).Order(StringComparer.Ordinal).ToArray());
            }

            policies++;
        }

        Assert.Equal((38, 4), (policies, refused));
    }

    private static string Expected(string name, JsonElement group) => string.Join('\n', (string[])
    [
        name, group.GetProperty("host").GetString()!, Joined(group.GetProperty("paths")), Joined(group.GetProperty("tags")),
        "keep", Joined(group.GetProperty("keep")), "remove", Joined(group.GetProperty("remove")),
        .. group.GetProperty("reasons").EnumerateArray().Select(Joined),
    ]);

    private static string Joined(JsonElement list) =>
        list.ValueKind == JsonValueKind.Null ? "" : string.Join('|', list.EnumerateArray().Select(word => word.GetString()));

    private static string TextOf(string name, ForgetGroup group) => string.Join('\n', (string[])
    [
        name, group.Key.Hostname ?? "", string.Join('|', group.Key.Paths ?? []), string.Join('|', group.Key.Tags ?? []),
        "keep", string.Join('|', group.Keep.Select(kept => kept.Snapshot.Id)), "remove", string.Join('|', group.Remove.Select(saved => saved.Id)),
        .. group.Keep.Select(kept => string.Join('|', kept.Reasons)),
    ]);

    private static SavedSnapshot Snapshot(JsonProperty entry) => new(
        new SnapshotId(ContentId.Parse(entry.Name)),
        SnapshotCodec.Read(System.Text.Encoding.UTF8.GetBytes(entry.Value.GetRawText()), entry.Name));
}

/// <summary>Reads the flags of a policy as a list of names and values.</summary>
internal static class PolicyArguments
{
    public static (ForgetOptions Options, SnapshotFilter Filter) Parse(string[] arguments)
    {
        KeepPolicy policy = new();
        ParentGrouping grouping = ParentGrouping.Host | ParentGrouping.Paths;
        List<string> hosts = [], paths = [];
        List<IReadOnlyList<string>> tags = [], keepTags = [];
        foreach (string[] pair in arguments.Chunk(2))
        {
            string value = pair[1];
            int count = value == "unlimited" ? KeepPolicy.Unlimited : int.TryParse(value, out int number) ? number : 0;
            string? fault = KeepPeriod.TryParse(pair[0].StartsWith("--keep-within", StringComparison.Ordinal) ? value : "", out KeepPeriod period);
            Assert.Null(fault);
            policy = pair[0] switch
            {
                "--keep-last" => policy with { Last = count },
                "--keep-hourly" => policy with { Hourly = count },
                "--keep-daily" => policy with { Daily = count },
                "--keep-weekly" => policy with { Weekly = count },
                "--keep-monthly" => policy with { Monthly = count },
                "--keep-yearly" => policy with { Yearly = count },
                "--keep-within" => policy with { Within = period },
                "--keep-within-hourly" => policy with { WithinHourly = period },
                "--keep-within-daily" => policy with { WithinDaily = period },
                "--keep-within-weekly" => policy with { WithinWeekly = period },
                "--keep-within-monthly" => policy with { WithinMonthly = period },
                "--keep-within-yearly" => policy with { WithinYearly = period },
                _ => policy,
            };
            switch (pair[0])
            {
                case "--keep-tag":
                    keepTags.Add(value.Split(',', StringSplitOptions.TrimEntries));
                    break;
                case "--group-by":
                    grouping = value.Split(',').Aggregate(ParentGrouping.None, (all, word) => all | word switch
                    {
                        "host" => ParentGrouping.Host,
                        "paths" => ParentGrouping.Paths,
                        "tags" => ParentGrouping.Tags,
                        _ => ParentGrouping.None,
                    });
                    break;
                case "--host":
                    hosts.Add(value);
                    break;
                case "--path":
                    paths.Add(value);
                    break;
                case "--tag":
                    tags.Add(value.Split(','));
                    break;
            }
        }

        ManualTime time = new();
        return (
            new ForgetOptions { Policy = policy with { Tags = keepTags }, GroupBy = grouping, Time = time },
            new SnapshotFilter { Hosts = hosts, Paths = paths, TagLists = tags });
    }
}
