using Sots.Cli.Configuration;

namespace Sots.Cli.Doctor;

/// <summary>Which config is in force, and what goes over its head? A config with mistakes stops every command, the doctor too.</summary>
internal sealed class ConfigProbe : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "config";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        IEnumerable<(string Key, string Origin)> values = ConfigKeys.Table
            .Select(key => (key.Name, scene.Settings.Values.Find(key)?.Origin ?? ""))
            .Where(static value => value.Item2 is ['$' or '-', ..]);
        return Task.FromResult<IReadOnlyList<DoctorFinding>>([Judge(scene.Settings.Config.Path, [.. values])]);
    }

    /// <summary>Judges where the settings come from.</summary>
    /// <param name="path">The config, or null.</param>
    /// <param name="others">Keys that a flag or variable sets, with its name.</param>
    public static DoctorFinding Judge(string? path, IReadOnlyList<(string Key, string Origin)> others)
    {
        string text = path ?? "none: the defaults hold";
        return others.Count == 0
            ? new DoctorFinding("config", Verdict.Ok, text)
            : new DoctorFinding(
                "config", Verdict.Note, $"{text}; besides, {string.Join(", ", others.Select(other => $"{other.Origin} sets {other.Key}"))}",
                "`sots_backup config show` says where every value comes from.");
    }
}
