using System.Buffers;
using Sots.Unreal.Assets;
using Sots.Unreal.Histories;

namespace Sots.Cli.Commands;

/// <summary>The command that brings a version of a file back, to be typed as it is; only the folder of a plain restore is for the user to choose.</summary>
/// <param name="run">This command line: the next one needs the same repository.</param>
internal sealed class RestoreLine(CommandRun run)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:+=@");

    /// <summary>The command: by name where a project was found and the name is that of the place, else by path.</summary>
    public string Of(HistoryVersion version)
    {
        string id = version.First.Id.Value.ToShortString(), name = version.Details?.Facts.PackageName ?? "";
        bool inProject = run.Global.Repository is null && run.Global.RepositoryFile is null;
        return inProject && AssetPath.IsLongNameOf(version.Path, name)
            ? $"sots_backup restore-asset {Quoted($"{name}@{id}")}"
            : $"sots_backup restore {id}{Repository()} --target FOLDER --include {Quoted(Pattern(version.Path))}";
    }

    /// <summary>What a flag said; a variable says it the next time too.</summary>
    private string Repository() => run.Global.Repository is { Origin: "--repo" } given ? $" --repo {Quoted(run.Environment.FullPath(given.Value))}" : "";

    /// <summary>A path as a pattern that fits it alone.</summary>
    private static string Pattern(string path) => string.Concat(path.Select(static letter => letter is '*' or '?' or '[' ? $"[{letter}]" : letter.ToString()));

    private static string Quoted(string word) => !word.AsSpan().ContainsAnyExcept(Plain)
        ? word
        : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
