using System.Globalization;
using Sots.Unreal;

namespace Sots.Cli.Doctor;

/// <summary>Does the backup lie on the same disk as the project?</summary>
internal sealed class SameDiskProbe(SystemFacts system) : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "same disk";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DoctorFinding>>(
            [Judge(system.DiskOf(scene.Settings.Root.Value), system.DiskOf(SpaceProbe.Existing(scene.Settings.Repository.Location.Value)))]);

    /// <summary>Judges two disks.</summary>
    public static DoctorFinding Judge(string? project, string? backup) => (project, backup) switch
    {
        (null, _) or (_, null) => new DoctorFinding("same disk", Verdict.Note, "it cannot be told whether project and backup lie on one disk"),
        _ when project == backup => new DoctorFinding(
            "same disk", Verdict.Warning, "project and backup lie on one disk, and would be lost together", "Move the backup to another drive, or copy it to one regularly: --backup-root names the folder."),
        _ => new DoctorFinding("same disk", Verdict.Ok, "project and backup lie on different disks"),
    };
}

/// <summary>Are there paths that are too long for other programs?</summary>
internal sealed class LongPathsProbe(SystemFacts system) : IDoctorProbe
{
    private const int ClassicLimit = 260;

    /// <inheritdoc/>
    public string Question => "long paths";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        bool? enabled = system.LongPathsEnabled;
        long tooLong = 0;
        if (enabled is not null)
        {
            EnumerationOptions all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
            foreach (string path in Directory.EnumerateFiles(scene.Settings.Root.Value, "*", all))
            {
                cancellationToken.ThrowIfCancellationRequested();
                tooLong += path.Length >= ClassicLimit ? 1 : 0;
            }
        }

        return Task.FromResult<IReadOnlyList<DoctorFinding>>([Judge(enabled, tooLong)]);
    }

    /// <summary>Judges the system's setting and the number of long paths.</summary>
    public static DoctorFinding Judge(bool? enabled, long tooLong) => (enabled, tooLong) switch
    {
        (null, _) => new DoctorFinding("long paths", Verdict.Ok, "this system has no limit that matters"),
        (_, 0) => new DoctorFinding("long paths", Verdict.Ok, "none over 260 characters"),
        (true, _) => new DoctorFinding("long paths", Verdict.Note, string.Create(CultureInfo.InvariantCulture, $"{tooLong} files; the system allows them"), "They are saved and restored; the Unreal editor itself may refuse them."),
        _ => new DoctorFinding(
            "long paths", Verdict.Warning, string.Create(CultureInfo.InvariantCulture, $"{tooLong} files with paths over 260 characters, which this system hides from many programs"),
            "They are saved and restored all the same. Set LongPathsEnabled to 1 in HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem, or move the project up."),
    };
}

/// <summary>Does a virus scanner slow the backup down?</summary>
internal sealed class AntivirusProbe(SystemFacts system) : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "antivirus";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DoctorFinding>>([Judge(system.HasDefender, scene.Settings.Repository.Location.Value)]);

    /// <summary>Judges whether there is one.</summary>
    public static DoctorFinding Judge(bool hasDefender, string repository) => hasDefender
        ? new DoctorFinding("antivirus", Verdict.Note, "Microsoft Defender reads every file that a backup writes", $"Backups are faster with an exclusion for {repository} (it holds only encrypted files).")
        : new DoctorFinding("antivirus", Verdict.Ok, "none that is known to slow backups down");
}

/// <summary>Is an editor at work on the project?</summary>
internal sealed class EditorProbe : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "editor";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DoctorFinding>>([Judge(scene.Project is { } project ? UnrealEditors.Find(project, cancellationToken) : new EditorFinding(null, 0))]);

    /// <summary>Judges the editors that run.</summary>
    public static DoctorFinding Judge(EditorFinding editors) => editors switch
    {
        { Open: { } editor } => new DoctorFinding("editor", Verdict.Note, $"{editor} has the project open", "Backups do not mind; what is not saved in the editor is not in them. Close it before a restore in place."),
        { Others: > 0 } => new DoctorFinding("editor", Verdict.Ok, "an Unreal editor runs, but not on this project"),
        _ => new DoctorFinding("editor", Verdict.Ok, "not open"),
    };
}
