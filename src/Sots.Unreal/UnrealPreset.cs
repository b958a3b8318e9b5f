namespace Sots.Unreal;

/// <summary>
/// What a backup of an Unreal project leaves out. The defaults leave out only what the engine or a tool makes again by itself; whatever
/// no rule names is kept.
/// </summary>
public sealed record UnrealPreset
{
    /// <summary>The defaults.</summary>
    public static UnrealPreset Default { get; } = new();

    /// <summary>
    /// Keep compiled code also where its source is there. Default off. Without source, in Binaries/ThirdParty, and in plugins that came
    /// compiled or belong to a project without code, it is always kept.
    /// </summary>
    public bool KeepBinaries { get; init; }

    /// <summary>Keep Intermediate. Default off.</summary>
    public bool KeepIntermediate { get; init; }

    /// <summary>Keep DerivedDataCache, which is often larger than the project. Default off.</summary>
    public bool KeepDerivedData { get; init; }

    /// <summary>Keep Saved/Cooked and Saved/StagedBuilds. Default off.</summary>
    public bool KeepCooked { get; init; }

    /// <summary>Keep Saved/Logs, Saved/Crashes, Saved/Profiling and Saved/MemReports. Default off.</summary>
    public bool KeepLogs { get; init; }

    /// <summary>Keep the caches of Visual Studio, Rider and Visual Studio Code, and the rest of .vs and .idea. Default off; Rider's run configurations and the settings of Visual Studio Code are always kept.</summary>
    public bool KeepEditorCaches { get; init; }

    /// <summary>Keep the autosaves and pre-save copies (Saved/Autosaves, Saved/Backup): the newest work there is. Default on.</summary>
    public bool KeepAutosaves { get; init; } = true;

    /// <summary>Keep Saved/Screenshots, Saved/MovieRenders and Saved/VideoCaptures. Default on.</summary>
    public bool KeepUserOutputs { get; init; } = true;

    /// <summary>Keep Saved/SourceControl, Saved/Diff and the sessions of multi-user editing (Saved/Concert...). Default on.</summary>
    public bool KeepEditorSessions { get; init; } = true;

    /// <summary>Keep .git. Default on.</summary>
    public bool KeepGit { get; init; } = true;

    /// <summary>
    /// Keep .git/lfs also where .git/config names a server, which holds it too once it was pushed. Default off. Where it names none, it is
    /// always kept.
    /// </summary>
    public bool KeepGitLfs { get; init; }
}
