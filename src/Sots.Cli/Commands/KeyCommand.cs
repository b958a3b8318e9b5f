using System.CommandLine;
using Sots.Backup.Credentials;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;

namespace Sots.Cli.Commands;

/// <summary><c>key</c>: the passwords that open a repository.</summary>
internal static class KeyCommand
{
    /// <summary>The command with its verbs.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global) =>
        new VerbCommand("key", "Which passwords open the backup? Lists, adds, removes and changes them.", ExitCode.OfReading)
        {
            List(environment, global), Add(environment, global), Remove(environment, global), Passwd(environment, global),
        };

    private static VerbCommand List(CliEnvironment environment, GlobalOptions global)
    {
        VerbCommand command = new("list", "Which passwords open the backup?", ExitCode.OfReading);
        command.SetAction(CommandRun.Action(environment, global, (run, _, cancellationToken) => WithKeysAsync(run, RepositoryUse.Read, async (keys, _, token) =>
        {
            KeyListing listing = await keys.ListAsync(token).ConfigureAwait(false);
            run.Reporter.Report(new KeyList(listing.Keys, run.Environment.Clock.LocalTimeZone));
            foreach (RepositoryException damage in listing.Damaged)
            {
                run.Reporter.Warning(damage.Message);
            }

            return ExitCode.Complete;
        }, cancellationToken)));
        return command;
    }

    private static VerbCommand Add(CliEnvironment environment, GlobalOptions global)
    {
        NewKeyFlags flags = new();
        VerbCommand command = new("add", "Should somebody else, or a second password, open the backup too?", ExitCode.OfReading);
        flags.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, (run, parse, cancellationToken) => WithKeysAsync(run, RepositoryUse.Append, async (keys, _, token) =>
        {
            using Password password = await flags.ReadPasswordAsync(run, parse, token).ConfigureAwait(false);
            KeyId id = await keys.AddAsync(password.Bytes, flags.ReadOptions(run, parse), token).ConfigureAwait(false);
            run.Reporter.Report(new KeyAdded(id));
            return ExitCode.Complete;
        }, cancellationToken)));
        return command;
    }

    private static VerbCommand Remove(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string> word = new("ID") { Description = "The start of its id, as `key list` shows it" };
        VerbCommand command = new("remove", "Should a password no longer open the backup?", ExitCode.OfReading) { word };
        command.SetAction(CommandRun.Action(environment, global, (run, parse, cancellationToken) => WithKeysAsync(run, RepositoryUse.Remove, async (keys, repository, token) =>
        {
            KeyId id = await FindAsync(repository, parse.GetValue(word) ?? "", token).ConfigureAwait(false);
            await keys.RemoveAsync(id, token).ConfigureAwait(false);
            run.Reporter.Report(new KeyRemoved(id));
            return ExitCode.Complete;
        }, cancellationToken)));
        return command;
    }

    private static VerbCommand Passwd(CliEnvironment environment, GlobalOptions global)
    {
        NewKeyFlags flags = new();
        VerbCommand command = new("passwd", "Should another password take the place of the present one? A project's password file is changed too.", ExitCode.OfReading);
        flags.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, (run, parse, cancellationToken) => WithKeysAsync(run, RepositoryUse.Remove, async (keys, repository, token) =>
        {
            using Password password = await flags.ReadPasswordAsync(run, parse, token).ConfigureAwait(false);
            PasswordChange change = new(run, keys, repository, RepositorySettings.Resolve(run).Password);
            KeyId id = await change.RunAsync(password, flags.ReadOptions(run, parse), token).ConfigureAwait(false);
            run.Reporter.Report(new KeyAdded(id) { Replaced = repository.KeyId });
            return ExitCode.Complete;
        }, cancellationToken)));
        return command;
    }

    private static async Task<int> WithKeysAsync(
        CommandRun run, RepositoryUse use, Func<RepositoryKeys, OpenRepository, CancellationToken, Task<int>> body, CancellationToken cancellationToken)
    {
        RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), use, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            RepositoryKeys keys = new(session.Repository, session.WriteOptions(run).EnsureLocked);
            return await session.RunAsync(token => body(keys, session.Repository, token)).ConfigureAwait(false);
        }
    }

    /// <summary>Looks at names only: a key file that nobody can read can be removed as well.</summary>
    private static async Task<KeyId> FindAsync(OpenRepository repository, string word, CancellationToken cancellationToken)
    {
        List<StoredFile> found = await repository.Backend.ListAsync(FileType.Key, cancellationToken)
            .Where(file => word.Length > 0 && file.Name.ToString().StartsWith(word, StringComparison.OrdinalIgnoreCase)).ToListAsync(cancellationToken).ConfigureAwait(false);
        return found.Count switch
        {
            1 => new KeyId(found[0].Name),
            0 => throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"no matching ID found for prefix \"{word}\"", "`key list` lists what there is."),
            _ => throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"multiple IDs with prefix \"{word}\" found", "Type more digits of its id; `key list` lists them."),
        };
    }
}
