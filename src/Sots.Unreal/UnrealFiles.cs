namespace Sots.Unreal;

/// <summary>The file names Unreal finds its projects by. The engine compares them without regard to case.</summary>
internal static class UnrealFiles
{
    internal const string Project = ".uproject";
    internal const string Plugin = ".uplugin";
    internal const string ProjectFolders = ".uprojectdirs";
    internal const string BuildScript = ".Build.cs";
    internal const string Level = ".umap";

    internal static bool Is(string fileName, string extension) => fileName.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
