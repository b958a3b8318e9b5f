using System.CommandLine;

namespace Sots.Cli.Commands;

/// <summary>The flags of everything that changes the project itself.</summary>
internal sealed class InPlaceFlags
{
    private readonly Option<bool> _yes = Symbols.Switch("--yes", "-y", "Do not ask before the project is changed");
    private readonly Option<bool> _dryRun = Symbols.Switch("--dry-run", "-n", "Write nothing, only say what would be done");
    private readonly Option<bool> _editorOpenAnyway = Symbols.Switch(
        "--editor-open-anyway", null, "Go on although an Unreal editor has the project open, or a file is in use; what it saves later wins");
    private readonly Option<bool> _trustTimes = Symbols.Switch("--trust-times", null, "Take files of the same size and time for equal: faster, but hidden damage stays");

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_yes);
        command.Add(_dryRun);
        command.Add(_editorOpenAnyway);
        command.Add(_trustTimes);
    }

    /// <summary>Reads the flags.</summary>
    public InPlaceChoice Read(ParseResult parse) =>
        new(parse.GetValue(_yes), parse.GetValue(_dryRun), parse.GetValue(_editorOpenAnyway), parse.GetValue(_trustTimes));
}

/// <summary>What the flags say.</summary>
internal readonly record struct InPlaceChoice(bool Yes, bool DryRun, bool EditorOpenAnyway, bool TrustTimes);
