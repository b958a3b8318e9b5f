using System.CommandLine;
using Sots.Backup.Credentials;
using Sots.Restic.Locking;
using Sots.Restic.Maintenance;
using Sots.Restic.Trees;

namespace Sots.Cli.Commands;

/// <summary>The flags that say what a new key is to be.</summary>
internal sealed class NewKeyFlags
{
    private readonly Option<string?> _file = Symbols.Text("--new-password-file", null, "file", "Read the new password from a file (default: ask)");
    private readonly Option<bool> _random = Symbols.Switch("--new-random-password", null, "Make a long random one, as init does; for `key passwd` in a project, whose password file gets it");
    private readonly Option<bool> _none = Symbols.Switch("--new-insecure-no-password", null, "The new password is empty: anybody can read the repository");
    private readonly Option<string?> _user = Symbols.Text("--user", null, "name", "User name that the key says (default: yours)");
    private readonly Option<string?> _host = Symbols.Text("--host", null, "name", "Host name that the key says (default: this computer's)");

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _file, _random, _none, _user, _host })
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the new password; the caller disposes it.</summary>
    /// <exception cref="UsageException">The flags contradict each other, it is empty, or there is nobody to ask.</exception>
    public async ValueTask<Password> ReadPasswordAsync(CommandRun run, ParseResult parse, CancellationToken cancellationToken)
    {
        string? file = parse.GetValue(_file);
        bool random = parse.GetValue(_random), none = parse.GetValue(_none);
        if ((file is null ? 0 : 1) + (random ? 1 : 0) + (none ? 1 : 0) > 1)
        {
            throw new UsageException("of --new-password-file, --new-random-password and --new-insecure-no-password only one can be given");
        }

        if (random)
        {
            return parse.CommandResult.Command.Name == "passwd" && RepositorySettings.Resolve(run).Password.IsOfProject
                ? Password.CreateRandom()
                : throw new UsageException(
                    "a random password that is kept nowhere would open nothing",
                    "It is for `key passwd` in a project whose password is in a file. Put one into a file yourself and name it with --new-password-file.");
        }

        PasswordSource source = none ? new PasswordSource(PasswordKind.Empty, "", _none.Name)
            : file is not null ? new PasswordSource(PasswordKind.File, run.Environment.FullPath(file), _file.Name)
            : new PasswordSource(PasswordKind.Prompt, "", Setting.DefaultOrigin);
        return await source.ReadAsync(run, PasswordUse.NewKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the key says of itself.</summary>
    public NewKeyOptions ReadOptions(CommandRun run, ParseResult parse) => new()
    {
        Scrypt = run.Environment.KeyCost,
        Username = parse.GetValue(_user) ?? ProcessIdentity.Current.Username,
        Hostname = parse.GetValue(_host) ?? run.Environment.Host,
        Created = Now(run.Environment.Clock),
    };

    /// <summary>The present moment as key files write it.</summary>
    public static NodeTime Now(TimeProvider clock)
    {
        DateTimeOffset now = clock.GetLocalNow();
        return new NodeTime(now.ToUnixTimeSeconds(), (int)(now.UtcTicks % TimeSpan.TicksPerSecond * 100), (short)now.TotalOffsetMinutes);
    }
}
