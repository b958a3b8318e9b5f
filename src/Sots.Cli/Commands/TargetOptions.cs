using System.CommandLine;
using Sots.Backup;
using Sots.Backup.Sources;

namespace Sots.Cli.Commands;

/// <summary>What a backup saves: arguments, and lists in files.</summary>
internal sealed class TargetOptions
{
    private readonly Argument<string[]> _targets = new("FILE/DIR") { Description = "What to save", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _lists = Symbols.List("--files-from", null, "file", "Read what to save from a file, one pattern a line, # for comments");
    private readonly Option<string[]> _verbatimLists = Symbols.List("--files-from-verbatim", null, "file", "The same, each line taken as it is");
    private readonly Option<string[]> _rawLists = Symbols.List("--files-from-raw", null, "file", "The same, separated by NUL bytes");

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_targets);
        command.Add(_lists);
        command.Add(_verbatimLists);
        command.Add(_rawLists);
    }

    /// <summary>All targets in order.</summary>
    /// <exception cref="UsageException">There are none.</exception>
    public IReadOnlyList<DiskPath> Read(ParseResult parse, CliEnvironment environment)
    {
        List<DiskPath> targets =
        [
            .. (parse.GetValue(_targets) ?? []).Select(DiskPath.FromText),
            .. Lists(_lists).SelectMany(file => TargetList.ReadPatterns(file, environment.WorkingDirectory)),
            .. Lists(_verbatimLists).SelectMany(TargetList.ReadVerbatim),
            .. Lists(_rawLists).SelectMany(TargetList.ReadRaw),
        ];
        return targets.Count > 0 ? targets : throw new UsageException(
            "nothing to backup, please specify source files/dirs", "In an Unreal project, `sots_backup push` saves the whole project.");

        IEnumerable<string> Lists(Option<string[]> option) => (parse.GetValue(option) ?? []).Select(environment.FullPath);
    }
}
