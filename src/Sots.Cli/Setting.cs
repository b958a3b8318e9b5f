namespace Sots.Cli;

/// <summary>A value and who said so: a flag, a variable, a line of the config, or the default. People need the second to understand the first.</summary>
/// <param name="Value">The value.</param>
/// <param name="Origin">For example <c>--repo</c>, <c>$RESTIC_REPOSITORY</c>, <c>sots_backup_config.json:12</c>, <c>default</c>.</param>
internal sealed record Setting<T>(T Value, string Origin);

/// <summary>Makes settings.</summary>
internal static class Setting
{
    /// <summary>The origin of a value nobody chose.</summary>
    public const string DefaultOrigin = "default";

    /// <summary>A value nobody chose.</summary>
    public static Setting<T> Default<T>(T value) => new(value, DefaultOrigin);

    /// <summary>The flag's value, else the variable's, else null.</summary>
    public static Setting<string>? Find(string? flagValue, string flag, CliEnvironment environment, string variable) =>
        flagValue is not null ? new Setting<string>(flagValue, flag)
        : environment.Variable(variable) is { } value ? new Setting<string>(value, "$" + variable)
        : null;
}
