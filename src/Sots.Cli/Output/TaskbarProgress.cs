using System.Globalization;

namespace Sots.Cli.Output;

/// <summary>
/// Progress in the task bar or the tab of a terminal: the sequence <c>ESC ] 9 ; 4 ; state ; percent ST</c> that ConEmu brought and others took
/// up. Written only to terminals that are known to have it; others might show it, or send a message for it.
/// </summary>
internal static class TaskbarProgress
{
    /// <summary>Takes it away.</summary>
    public const string Off = "\e]9;4;0;0\e\\";

    /// <summary>The first version of the library behind GNOME's terminals that has it (0.80).</summary>
    private const int FirstVte = 8000;

    /// <summary>Whether a terminal has it, as far as it says who it is. What stands between it and us (tmux, screen) does not pass it on.</summary>
    public static bool IsKnown(Func<string, string?> variable)
    {
        string term = variable("TERM") ?? "";
        if (term.StartsWith("screen", StringComparison.Ordinal) || term.StartsWith("tmux", StringComparison.Ordinal) || term == "dumb" || variable("TMUX") is not null)
        {
            return false;
        }

        return variable("WT_SESSION") is not null
            || variable("ConEmuANSI") == "ON"
            || variable("TERM_PROGRAM") is "WezTerm" or "ghostty"
            || (int.TryParse(variable("VTE_VERSION"), NumberStyles.None, CultureInfo.InvariantCulture, out int vte) && vte >= FirstVte);
    }

    /// <summary>The sequence for a share from 0 to 1, or null for one not known yet; yellow where there were problems.</summary>
    public static string Of(double? fraction, bool problems) => fraction is { } share
        ? string.Create(CultureInfo.InvariantCulture, $"\e]9;4;{(problems ? 4 : 1)};{(int)(Math.Clamp(share, 0, 1) * 100)}\e\\")
        : "\e]9;4;3;0\e\\";
}
