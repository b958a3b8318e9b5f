using Sots.Backup.Credentials;

namespace Sots.Cli.Doctor;

/// <summary>Is the password there, and only for its owner?</summary>
internal sealed class PasswordProbe : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "password";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        PasswordSource source = scene.Settings.Repository.Password;
        string? exposure = null;
        if (source.Kind == PasswordKind.File && File.Exists(source.Where))
        {
            using Password password = PasswordFile.Read(source.Where, text => exposure = text);
        }

        return Task.FromResult<IReadOnlyList<DoctorFinding>>([Judge(source, source.Kind != PasswordKind.File || File.Exists(source.Where), exposure)]);
    }

    /// <summary>Judges where the password comes from.</summary>
    public static DoctorFinding Judge(PasswordSource source, bool exists, string? exposure) => (source.Kind, exists, exposure) switch
    {
        (PasswordKind.Empty, _, _) => new DoctorFinding("password", Verdict.Warning, "the repository has none: anybody who reaches it can read it"),
        (PasswordKind.File, false, _) => new DoctorFinding(
            "password", Verdict.Problem, $"{source.Where} is not there", "Put your copy of it back; without it nothing can be saved or restored. For a new backup: `sots_backup init`."),
        (PasswordKind.File, true, { } text) => new DoctorFinding("password", Verdict.Warning, text),
        (PasswordKind.Prompt, _, _) => new DoctorFinding("password", Verdict.Note, "it is asked for each time", "For tasks without a terminal use --password-file."),
        _ => new DoctorFinding("password", Verdict.Ok, $"from {source.Describe()}; keep a copy elsewhere"),
    };
}
