using System.CommandLine;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary>The flags that say which snapshots are meant.</summary>
internal sealed class SnapshotFilterOptions
{
    private readonly Option<string[]> _hosts;
    private readonly Option<string[]> _paths;
    private readonly Option<string[]> _tags;

    /// <summary>Makes the flags.</summary>
    /// <param name="condition">For the help: when they count, or empty.</param>
    /// <param name="hostAlias">Short form of --host, or null where the letter means something else.</param>
    public SnapshotFilterOptions(string condition = "", string? hostAlias = "-H")
    {
        _hosts = Symbols.List("--host", hostAlias, "host", $"Only snapshots of this host{condition} (default: $RESTIC_HOST, else any)");
        _paths = Symbols.List("--path", null, "path", $"Only snapshots that include this absolute path{condition}");
        _tags = Symbols.List("--tag", null, "tag[,tag]", $"Only snapshots with all of these tags{condition}; '' for those without tags");
    }

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_hosts);
        command.Add(_paths);
        command.Add(_tags);
    }

    /// <summary>Reads the flags. An empty host takes the default back.</summary>
    public SnapshotFilter Read(ParseResult parse, CliEnvironment environment)
    {
        string[] hosts = parse.GetValue(_hosts) ?? [];
        string[] chosen = hosts.Length == 0 && environment.Variable("RESTIC_HOST") is { } host ? [host] : hosts;
        return new SnapshotFilter
        {
            Hosts = [.. chosen.Where(name => name.Length > 0)],
            Paths = parse.GetValue(_paths) ?? [],
            TagLists = [.. (parse.GetValue(_tags) ?? []).Select(list => list.Split(',', StringSplitOptions.TrimEntries))],
        };
    }
}
