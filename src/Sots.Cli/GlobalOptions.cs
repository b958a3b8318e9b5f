using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sots.Cli.Configuration;
using Sots.Cli.Output;
using Sots.Restic.Writing;

namespace Sots.Cli;

/// <summary>The flags that every command has, with their environment variables. A flag beats its variable.</summary>
internal sealed class GlobalOptions
{
    private const int MinPackMiB = 4, MaxPackMiB = 128;

    private readonly Option<string?> _repo = Symbols.Text("--repo", "-r", "repository", "Which repository? A folder (default: $RESTIC_REPOSITORY, else that of the Unreal project you are in)");
    private readonly Option<string?> _repositoryFile = Symbols.Text("--repository-file", null, "file", "Read the repository's location from a file (default: $RESTIC_REPOSITORY_FILE)");
    private readonly Option<string?> _config = Symbols.Text("--config", null, "file", "Use this config (default: $SOTS_BACKUP_CONFIG, else the next sots_backup_config.json from here upwards)");
    private readonly Option<string?> _passwordFile = Symbols.Text("--password-file", "-p", "file", "Read the password from a file (default: $RESTIC_PASSWORD_FILE)");
    private readonly Option<string?> _passwordCommand = Symbols.Text("--password-command", null, "command", "Run a program that prints the password; no shell is involved (default: $RESTIC_PASSWORD_COMMAND)");
    private readonly Option<bool> _insecureNoPassword = Symbols.Switch("--insecure-no-password", null, "Use an empty password; anybody can read the repository");
    private readonly Option<string?> _keyHint = Symbols.Text("--key-hint", null, "key", "Id of the key to try first (default: $RESTIC_KEY_HINT)");
    private readonly Option<string?> _logFolder = Symbols.Text("--log-folder", null, "folder", "Folder for logs and the record of runs (default: $SOTS_LOG_FOLDER, else that of the project)");
    private readonly Option<bool> _json = Symbols.Switch("--json", null, "Write JSON for programs in place of text");
    private readonly Option<bool> _quiet = Symbols.Switch("--quiet", "-q", "No progress and no summary");
    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Say more; twice (or --verbose=2) for a line for every file",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<bool> _noLock = Symbols.Switch("--no-lock", null, "Take no lock when only reading, for a repository that cannot be written to");
    private readonly Option<string?> _retryLock = Symbols.Text("--retry-lock", null, "duration", "How long to wait for another process's lock, such as 5m or 2h (default: not at all)");
    private readonly Option<string?> _compression = Symbols.Text("--compression", null, "mode", "auto, off, fastest, better or max (default: $RESTIC_COMPRESSION, else auto)").Offering("auto", "off", "fastest", "better", "max");
    private readonly Option<string?> _packSize = Symbols.Text("--pack-size", null, "MiB", "Size of new pack files in MiB, 4 to 128 (default: $RESTIC_PACK_SIZE, else 16)");
    private readonly Option<bool> _noCache = Symbols.Switch("--no-cache", null, "Remember nothing about assets, and use nothing that was remembered");
    private readonly Option<string?> _cacheDir = Symbols.Text("--cache-dir", null, "folder", "Where to remember what is in assets; may be deleted at any time (default: $RESTIC_CACHE_DIR, else the user's folder for caches)");
    private readonly Option<bool> _cleanupCache = Symbols.Switch("--cleanup-cache", null, "Accepted for restic's sake: there is nothing to clean up");
    private readonly Option<string[]> _extended = Symbols.List("--option", "-o", "key=value", "Extended option; a local repository has none");

    /// <summary>Adds the flags to the root command, for all commands below it.</summary>
    public void AddTo(RootCommand root)
    {
        Option[] all =
        [
            _repo, _repositoryFile, _config, _passwordFile, _passwordCommand, _insecureNoPassword, _keyHint, _logFolder, _json, _quiet,
            _verbose, _noLock, _retryLock,
            _compression, _packSize, _noCache, _cacheDir, _cleanupCache, _extended,
        ];
        foreach (Option option in all)
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    /// <summary>Whether JSON is asked for, to be known before anything else is.</summary>
    public bool WantsJson(ParseResult parse) => parse.GetValue(_json);

    /// <summary>Reads flags and variables.</summary>
    /// <exception cref="UsageException">A value makes no sense.</exception>
    public GlobalSettings Read(ParseResult parse, CliEnvironment environment)
    {
        if (parse.GetValue(_extended) is { Length: > 0 } extended)
        {
            throw new UsageException($"there is no extended option '{extended[0].Split('=')[0]}'", "A local repository has no extended options; leave -o away.");
        }

        return new GlobalSettings
        {
            Repository = Of(parse, environment, _repo, "RESTIC_REPOSITORY"),
            RepositoryFile = Of(parse, environment, _repositoryFile, "RESTIC_REPOSITORY_FILE"),
            Config = Of(parse, environment, _config, "SOTS_BACKUP_CONFIG"),
            PasswordFile = Of(parse, environment, _passwordFile, "RESTIC_PASSWORD_FILE"),
            PasswordCommand = Of(parse, environment, _passwordCommand, "RESTIC_PASSWORD_COMMAND"),
            InsecureNoPassword = parse.GetValue(_insecureNoPassword),
            KeyHint = Of(parse, environment, _keyHint, "RESTIC_KEY_HINT")?.Value,
            LogFolder = Of(parse, environment, _logFolder, Runs.RunLogFolder.Variable),
            Verbosity = Verbosity(parse),
            NoLock = parse.GetValue(_noLock),
            RetryLock = RetryLock(parse.GetValue(_retryLock)),
            Compression = Compression(Of(parse, environment, _compression, "RESTIC_COMPRESSION")),
            NoCache = parse.GetValue(_noCache),
            CacheFolder = Of(parse, environment, _cacheDir, "RESTIC_CACHE_DIR"),
            PackSizeBytes = PackSize(Of(parse, environment, _packSize, "RESTIC_PACK_SIZE")),
        };
    }

    private static Setting<string>? Of(ParseResult parse, CliEnvironment environment, Option<string?> option, string variable) =>
        Setting.Find(parse.GetValue(option), option.Name, environment, variable);

    private int Verbosity(ParseResult parse)
    {
        int times = parse.GetResult(_verbose)?.IdentifierTokenCount ?? 0;
        bool quiet = parse.GetValue(_quiet);
        return (quiet, times) switch
        {
            (true, > 0) => throw new UsageException("--quiet and --verbose cannot be specified at the same time"),
            (true, _) => 0,
            _ => 1 + Math.Min(2, times),
        };
    }

    private static TimeSpan RetryLock(string? text) => text is null ? TimeSpan.Zero
        : Durations.TryParse(text, out TimeSpan duration) ? duration
        : throw new UsageException($"'{text}' is no duration for --retry-lock", "Write it as 90s, 5m or 2h.");

    private static Setting<CompressionMode>? Compression(Setting<string>? setting) =>
        setting is null ? null
        : CompressionNames.TryParse(setting.Value, out CompressionMode mode) ? new Setting<CompressionMode>(mode, setting.Origin)
        : throw new UsageException($"'{setting.Value}' is no compression mode ({setting.Origin})", "There are auto, off, fastest, better and max.");

    private static Setting<int>? PackSize(Setting<string>? setting) => setting switch
    {
        null => null,
        { Value: string text } when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size is >= MinPackMiB and <= MaxPackMiB =>
            new Setting<int>(size << 20, setting.Origin),
        _ => throw new UsageException($"'{setting.Value}' is no pack size ({setting.Origin})", $"It is a number of MiB, {MinPackMiB} to {MaxPackMiB}."),
    };
}
