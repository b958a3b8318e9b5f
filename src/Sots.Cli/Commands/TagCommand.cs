using System.CommandLine;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary><c>tag</c>: changes the tags of snapshots, for example to pin one.</summary>
internal static class TagCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> ids = new("snapshotID") { Description = "These: the start of an id, or latest (default: all that the filters let through)", Arity = ArgumentArity.ZeroOrMore };
        Option<string[]> set = Symbols.List("--set", null, "tag[,tag]", "Replace all tags by these; '' for none");
        Option<string[]> add = Symbols.List("--add", null, "tag[,tag]", "Add these");
        Option<string[]> remove = Symbols.List("--remove", null, "tag[,tag]", "Take these away");
        SnapshotFilterOptions filter = new();
        VerbCommand command = new("tag", "Mark snapshots, or pin one for ever?", ExitCode.OfReading) { ids, set, add, remove };
        filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string[] words = parse.GetValue(ids) ?? [];
            SnapshotFilter wanted = filter.Read(parse, run.Environment);
            TagChange change = TagChange.Read(parse.GetValue(set) ?? [], parse.GetValue(add) ?? [], parse.GetValue(remove) ?? []);
            RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Remove, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                run.Reporter.Message("create exclusive lock for repository");
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    IReadOnlyList<SavedSnapshot> chosen = words.Length > 0
                        ? [.. SnapshotWords.FindAll(listing, words, wanted, run.Reporter).DistinctBy(saved => saved.Id)]
                        : [.. listing.Snapshots.Where(saved => wanted.Matches(saved.Snapshot))];
                    SnapshotRemoval files = new(session.Repository, session.WriteOptions(run).EnsureLocked);
                    int changed = 0;
                    foreach (SavedSnapshot saved in chosen)
                    {
                        if (change.Apply(saved.Snapshot.Tags) is { } tags)
                        {
                            SnapshotId id = await files.ReplaceAsync(saved, saved.Snapshot with { Tags = tags }, token).ConfigureAwait(false);
                            run.Reporter.SnapshotChanged(saved.Id, id);
                            changed++;
                        }
                    }

                    run.Reporter.TagSummary(changed);
                    foreach (RepositoryException damage in listing.Damaged)
                    {
                        run.Reporter.Warning(damage.Message);
                    }

                    return run.Finish(listing.Damaged.Count, ExitCode.Failed, $"Fatal: {listing.Damaged.Count} snapshots cannot be read");
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }
}

/// <summary>What <c>tag</c> does to the tags of a snapshot.</summary>
/// <param name="Set">New tags, or null to start from those there are.</param>
/// <param name="Add">Tags to add.</param>
/// <param name="Remove">Tags to take away.</param>
internal sealed record TagChange(IReadOnlyList<string>? Set, IReadOnlyList<string> Add, IReadOnlyList<string> Remove)
{
    /// <summary>Reads the flags.</summary>
    /// <exception cref="UsageException">There is nothing to do, or the flags contradict each other.</exception>
    public static TagChange Read(string[] set, string[] add, string[] remove)
    {
        if (set.Length + add.Length + remove.Length == 0)
        {
            throw new UsageException("nothing to do!", "Say --add, --remove or --set with tags.");
        }

        return set.Length > 0 && add.Length + remove.Length > 0
            ? throw new UsageException("--set and --add/--remove cannot be given at the same time")
            : new TagChange(set.Length > 0 ? Words(set) : null, Words(add), Words(remove));
    }

    /// <summary>The tags after the change, or null where they stay as they are.</summary>
    public IReadOnlyList<string>? Apply(IReadOnlyList<string> tags)
    {
        if (Set is not null)
        {
            return Set.SequenceEqual(tags, StringComparer.Ordinal) ? null : Set;
        }

        List<string> changed = [.. tags];
        foreach (string tag in Add.Where(tag => !changed.Contains(tag, StringComparer.Ordinal)))
        {
            changed.Add(tag);
        }

        changed.RemoveAll(tag => Remove.Contains(tag, StringComparer.Ordinal));
        return changed.SequenceEqual(tags, StringComparer.Ordinal) ? null : changed;
    }

    private static List<string> Words(string[] lists) =>
        [.. lists.SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
