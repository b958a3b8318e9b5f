using Sots.Backup.Alarms;

namespace Sots.Cli.Doctor;

/// <summary>How bad something is.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>Works, but will cost time or safety.</summary>
    Warning,

    /// <summary>Backups or restores do not work like this.</summary>
    Problem,
}

/// <summary>The answer to one question.</summary>
/// <param name="Question">What was looked at, in a word or two.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Text">What was found.</param>
/// <param name="Fix">What to do, or null.</param>
internal sealed record DoctorFinding(string Question, Verdict Verdict, string Text, string? Fix = null)
{
    /// <summary>An alarm, as a warning or worse: what `status` finds suspicious, the doctor does too, in the same words.</summary>
    public static DoctorFinding Of(string question, Alarm alarm, Verdict verdict = Verdict.Warning) => new(question, verdict, alarm.Message, alarm.Advice);
}
