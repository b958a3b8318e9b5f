using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sots.Backup.Credentials;

namespace Sots.Cli;

/// <summary>Where the password comes from.</summary>
internal enum PasswordKind
{
    /// <summary>A person types it.</summary>
    Prompt,

    /// <summary>A file.</summary>
    File,

    /// <summary>The output of a program.</summary>
    Command,

    /// <summary>An environment variable.</summary>
    Variable,

    /// <summary>It is empty on purpose.</summary>
    Empty,
}

/// <summary>What a password is for.</summary>
internal enum PasswordUse
{
    /// <summary>It opens a repository.</summary>
    Open,

    /// <summary>A new repository gets it.</summary>
    NewRepository,

    /// <summary>A repository gets it beside those it has.</summary>
    NewKey,
}

/// <summary>One place a password comes from. Holds no secret itself.</summary>
/// <param name="Kind">What kind of place.</param>
/// <param name="Where">Path, command or name of the variable.</param>
/// <param name="Origin">Who said so.</param>
internal sealed record PasswordSource(PasswordKind Kind, string Where, string Origin)
{
    private const string Variable = "RESTIC_PASSWORD";

    /// <summary>Chooses among flags and variables; a flag beats any variable.</summary>
    /// <param name="global">Flags and variables.</param>
    /// <param name="environment">Variables.</param>
    /// <param name="configured">What holds where they say nothing: a project's own; null to ask a person.</param>
    /// <exception cref="UsageException">Two flags contradict each other.</exception>
    public static PasswordSource Choose(GlobalSettings global, CliEnvironment environment, PasswordSource? configured)
    {
        PasswordSource?[] byFlag =
        [
            global.InsecureNoPassword ? new(PasswordKind.Empty, "", "--insecure-no-password") : null,
            global.PasswordCommand is { Origin: ['-', ..] } command ? new(PasswordKind.Command, command.Value, command.Origin) : null,
            global.PasswordFile is { Origin: ['-', ..] } file ? new(PasswordKind.File, environment.FullPath(file.Value), file.Origin) : null,
        ];
        if (byFlag.Count(source => source is not null) > 1)
        {
            string both = string.Join(" and ", byFlag.Where(source => source is not null).Select(source => source!.Origin));
            throw new UsageException($"{both} contradict each other", "Name one of them.");
        }

        return byFlag.FirstOrDefault(source => source is not null)
            ?? (global.PasswordCommand is { } setCommand ? new(PasswordKind.Command, setCommand.Value, setCommand.Origin)
            : global.PasswordFile is { } setFile ? new(PasswordKind.File, environment.FullPath(setFile.Value), setFile.Origin)
            : environment.Variable(Variable) is not null ? new(PasswordKind.Variable, Variable, "$" + Variable)
            : configured ?? new(PasswordKind.Prompt, "", Setting.DefaultOrigin));
    }

    /// <summary>Whether it is in a file that belongs to the project's backup, and not one that a flag or variable names.</summary>
    public bool IsOfProject => Kind == PasswordKind.File && Origin is not (['-', ..] or ['$', ..]);

    /// <summary>Where it comes from, for messages.</summary>
    public string Describe() => Kind switch
    {
        PasswordKind.File => $"the file {Where} ({Origin})",
        PasswordKind.Command => $"the password command ({Origin})",
        PasswordKind.Variable => Origin,
        PasswordKind.Empty => Origin,
        _ => "the keyboard",
    };

    /// <summary>Reads the password; the caller disposes it.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="use">What for: a new one is asked for twice.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="UsageException">It is empty, or there is nobody to ask.</exception>
    public async ValueTask<Password> ReadAsync(CommandRun run, PasswordUse use, CancellationToken cancellationToken)
    {
        Password password = Kind switch
        {
            PasswordKind.Empty => new Password([]),
            PasswordKind.File => PasswordFile.Read(Where, run.Reporter.Warning),
            PasswordKind.Command => await PasswordCommand.RunAsync(Where, cancellationToken).ConfigureAwait(false),
            PasswordKind.Variable => new Password(Encoding.UTF8.GetBytes(run.Environment.Variable(Where) ?? "")),
            _ => AskFor(run.Environment, use, cancellationToken),
        };
        return !password.IsEmpty || Kind == PasswordKind.Empty
            ? password
            : throw new UsageException("an empty password is not allowed by default", $"Pass the flag `{(use == PasswordUse.NewKey ? "--new-insecure-no-password" : "--insecure-no-password")}` if the repository is meant to have none.");
    }

    private static Password AskFor(CliEnvironment environment, PasswordUse use, CancellationToken cancellationToken)
    {
        if (environment.AskSecret is not { } ask)
        {
            throw new UsageException(
                "there is no password, and no terminal to ask for it", use == PasswordUse.NewKey
                    ? "Use --new-password-file."
                    : "Use --password-file, --password-command, $RESTIC_PASSWORD_FILE or $RESTIC_PASSWORD.");
        }

        bool isNew = use != PasswordUse.Open;
        char[] first = ask(use switch
        {
            PasswordUse.Open => "enter password for repository: ",
            PasswordUse.NewRepository => "enter password for new repository: ",
            _ => "enter new password: ",
        }, cancellationToken);
        char[] second = isNew ? ask("enter password again: ", cancellationToken) : [];
        try
        {
            return !isNew || first.AsSpan().SequenceEqual(second)
                ? new Password(Encoding.UTF8.GetBytes(first))
                : throw new UsageException("the two passwords are not the same", "Nothing was made; try again.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(first.AsSpan()));
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(second.AsSpan()));
        }
    }
}
