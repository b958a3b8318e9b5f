using System.Globalization;
using Sots.Cli.Output;
using Sots.Unreal;

namespace Sots.Cli.Doctor;

/// <summary>How large is the project, and how much of it does a backup save?</summary>
internal sealed class SizeProbe : IDoctorProbe
{
    private const int Shown = 3;

    /// <inheritdoc/>
    public string Question => "saved";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        ProjectSettings settings = scene.Settings;
        return Task.FromResult<IReadOnlyList<DoctorFinding>>([.. Judge(settings.Excludes.Survey(settings.Root.Value, scene.Run.Environment.Variable, cancellationToken))]);
    }

    /// <summary>Judges what is saved and left out.</summary>
    public static IEnumerable<DoctorFinding> Judge(ProjectSurvey survey)
    {
        string saved = Text(survey.SavedFiles, survey.SavedBytes, survey.Saved);
        yield return survey.Unreadable > 0
            ? new DoctorFinding(
                "saved", Verdict.Warning, string.Create(CultureInfo.InvariantCulture, $"{saved}; {survey.Unreadable} files or folders cannot be looked at"),
                "`sots_backup push --dry-run` names them.")
            : survey.SavedFiles == 0 ? new DoctorFinding("saved", Verdict.Problem, "nothing: everything is left out", "`sots_backup config show` lists the excludes.")
            : new DoctorFinding("saved", Verdict.Ok, saved);
        yield return new DoctorFinding("left out", Verdict.Ok, survey.LeftOutFiles == 0 ? "nothing" : Text(survey.LeftOutFiles, survey.LeftOutBytes, survey.LeftOut));
    }

    /// <summary>The total and the largest of its parts; parts of the same name together.</summary>
    private static string Text(long files, long bytes, IEnumerable<SurveyLine> lines)
    {
        IEnumerable<string> largest = lines.GroupBy(static line => line.Name, StringComparer.Ordinal)
            .Select(static group => (group.Key, Bytes: group.Sum(static line => line.Bytes)))
            .OrderByDescending(static part => part.Bytes).Take(Shown)
            .Select(static part => $"{PrintableText.Escape(part.Key)} {Sizes.Format(part.Bytes)}");
        return string.Create(CultureInfo.InvariantCulture, $"{Sizes.Format(bytes)} in {files:N0} {(files == 1 ? "file" : "files")}: {string.Join(", ", largest)}");
    }
}
