namespace Sots.Unreal;

/// <summary>What kind of thing a rule leaves out; reports add up by it.</summary>
public enum UnrealExcludeClass
{
    /// <summary>Compiled code whose source is there.</summary>
    Binaries,

    /// <summary>What building and the editor keep between runs.</summary>
    Intermediate,

    /// <summary>Derived data: assets converted for a platform.</summary>
    DerivedData,

    /// <summary>Cooked and staged builds.</summary>
    Cooked,

    /// <summary>Logs, crash reports, profiles.</summary>
    Logs,

    /// <summary>Caches below Saved.</summary>
    SavedCaches,

    /// <summary>Receipts of the build tool.</summary>
    BuildReceipts,

    /// <summary>Caches of code editors.</summary>
    EditorCaches,

    /// <summary>Version control.</summary>
    VersionControl,

    /// <summary>Left out because the preset was changed to do so.</summary>
    Chosen,
}

/// <summary>Where a rule holds.</summary>
[Flags]
internal enum UnrealRuleScope
{
    /// <summary>Below every project and plugin.</summary>
    Unreal = 1,

    /// <summary>Directly below the folder that is saved, where that is no project itself.</summary>
    Folder = 2,

    /// <summary>Only where the compiled code can be made again from source.</summary>
    Rebuildable = 4,

    /// <summary>Not where the compiled code came without the means to build it.</summary>
    NotPrecompiled = 8,

    /// <summary>Only where the version control of the folder knows a server.</summary>
    WithGitRemote = 16,
}

/// <summary>One rule: patterns in restic's language that start at a root, in order, those with "!" taking back.</summary>
internal sealed record UnrealRule(UnrealExcludeClass Class, UnrealRuleScope Scope, string Reason, params string[] Patterns);
