using Sots.Restic.Writing;

namespace Sots.Cli;

/// <summary>What flags and environment say to every command. Null where they say nothing.</summary>
internal sealed record GlobalSettings
{
    /// <summary>Location of the repository.</summary>
    public Setting<string>? Repository { get; init; }

    /// <summary>File that holds the location.</summary>
    public Setting<string>? RepositoryFile { get; init; }

    /// <summary>File that holds the password.</summary>
    public Setting<string>? PasswordFile { get; init; }

    /// <summary>Program that prints the password.</summary>
    public Setting<string>? PasswordCommand { get; init; }

    /// <summary>The password is empty.</summary>
    public bool InsecureNoPassword { get; init; }

    /// <summary>Prefix of the id of the key to try first.</summary>
    public string? KeyHint { get; init; }

    /// <summary>Folder for the log of the run and the record of all runs.</summary>
    public Setting<string>? LogFolder { get; init; }

    /// <summary>0 quiet, 1 normal, 2 verbose, 3 every file.</summary>
    public int Verbosity { get; init; } = 1;

    /// <summary>Take no lock where nothing is written.</summary>
    public bool NoLock { get; init; }

    /// <summary>How long to wait for somebody else's lock.</summary>
    public TimeSpan RetryLock { get; init; }

    /// <summary>How new data is compressed.</summary>
    public Setting<CompressionMode>? Compression { get; init; }

    /// <summary>Size of new packs in bytes.</summary>
    public Setting<int>? PackSizeBytes { get; init; }

    /// <summary>Remember nothing about assets.</summary>
    public bool NoCache { get; init; }

    /// <summary>Where to remember what is in assets.</summary>
    public Setting<string>? CacheFolder { get; init; }

    /// <summary>Path of the config.</summary>
    public Setting<string>? Config { get; init; }
}
