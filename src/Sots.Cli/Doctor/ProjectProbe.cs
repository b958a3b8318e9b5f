namespace Sots.Cli.Doctor;

/// <summary>Which project, which engine?</summary>
internal sealed class ProjectProbe : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "project";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DoctorFinding>>(
        [
            new DoctorFinding(Question, Verdict.Ok, scene.Settings.Root.Value),
            Engine(scene.Project?.EngineAssociation),
        ]);

    /// <summary>Judges what the .uproject says of its engine.</summary>
    public static DoctorFinding Engine(string? association) => association switch
    {
        null => new DoctorFinding("engine", Verdict.Warning, "the .uproject file does not say which engine it belongs to, or cannot be read", "Open it in a text editor, or restore it with `sots_backup restore-latest --in-place --path <name>.uproject`."),
        "" => new DoctorFinding("engine", Verdict.Ok, "the engine is found by its folder"),
        ['{', ..] => new DoctorFinding("engine", Verdict.Note, $"built from source, {association}", "The engine itself is not in the backup; note which commit it was built from."),
        _ => new DoctorFinding("engine", Verdict.Ok, $"Unreal Engine {association}"),
    };
}
