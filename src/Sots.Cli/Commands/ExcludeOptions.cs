using System.CommandLine;
using Sots.Backup.Sources;

namespace Sots.Cli.Commands;

/// <summary>The flags that leave files out of a backup.</summary>
internal sealed class ExcludeOptions
{
    private readonly Option<string[]> _patterns = Symbols.List("--exclude", "-e", "pattern", "Leave out what matches the pattern");
    private readonly Option<string[]> _patternsIgnoringCase = Symbols.List("--iexclude", null, "pattern", "The same without regard to upper and lower case");
    private readonly Option<string[]> _files = Symbols.List("--exclude-file", null, "file", "Read such patterns from a file, one a line");
    private readonly Option<string[]> _filesIgnoringCase = Symbols.List("--iexclude-file", null, "file", "The same without regard to upper and lower case");
    private readonly Option<bool> _caches = Symbols.Switch("--exclude-caches", null, "Leave out folders marked as caches by a CACHEDIR.TAG file");
    private readonly Option<string[]> _ifPresent = Symbols.List("--exclude-if-present", null, "name[:header]", "Leave out the rest of a folder that holds this file");
    private readonly Option<string?> _largerThan = Symbols.Text("--exclude-larger-than", null, "size", "Leave out files larger than this; k, m, g, t are binary units");

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_patterns);
        command.Add(_patternsIgnoringCase);
        command.Add(_files);
        command.Add(_filesIgnoringCase);
        command.Add(_caches);
        command.Add(_ifPresent);
        command.Add(_largerThan);
    }

    /// <summary>The literal patterns of the command line, as restic records them.</summary>
    public IReadOnlyList<string> Recorded(ParseResult parse) => parse.GetValue(_patterns) ?? [];

    /// <summary>The rules.</summary>
    /// <exception cref="Restic.RepositoryException">InvalidRequest: a pattern, a size or a file of patterns cannot be used.</exception>
    public ResticExcludes Read(ParseResult parse, CommandRun run) => new(ReadFlags(parse, run), warn: run.Reporter.Warning);

    /// <summary>What the flags say.</summary>
    /// <exception cref="Restic.RepositoryException">InvalidRequest: a size or a file of patterns cannot be used.</exception>
    public ResticExcludeOptions ReadFlags(ParseResult parse, CommandRun run) => new()
    {
        Patterns = [.. parse.GetValue(_patterns) ?? [], .. FromFiles(parse.GetValue(_files), run)],
        PatternsIgnoringCase = [.. parse.GetValue(_patternsIgnoringCase) ?? [], .. FromFiles(parse.GetValue(_filesIgnoringCase), run)],
        LargerThanBytes = parse.GetValue(_largerThan) is { } size ? SizeText.Parse(size, _largerThan.Name) : null,
        IfPresent = parse.GetValue(_ifPresent) ?? [],
        Caches = parse.GetValue(_caches),
    };

    private static IEnumerable<string> FromFiles(string[]? files, CommandRun run) =>
        (files ?? []).SelectMany(file => PatternFile.Read(run.Environment.FullPath(file), run.Environment.Variable));
}
