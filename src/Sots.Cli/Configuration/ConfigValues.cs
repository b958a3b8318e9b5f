namespace Sots.Cli.Configuration;

/// <summary>Values of keys, each with who said so. Immutable.</summary>
internal sealed class ConfigValues
{
    private readonly Dictionary<ConfigKey, Setting<object>> _values;

    private ConfigValues(Dictionary<ConfigKey, Setting<object>> values) => _values = values;

    /// <summary>Nobody said anything.</summary>
    public static ConfigValues None { get; } = new([]);

    /// <summary>Takes over values that were read.</summary>
    public static ConfigValues Of(IEnumerable<KeyValuePair<ConfigKey, Setting<object>>> values) => new(new Dictionary<ConfigKey, Setting<object>>(values));

    /// <summary>What somebody said of a key, or null.</summary>
    public Setting<T>? Find<T>(ConfigKey<T> key) => _values.TryGetValue(key, out Setting<object>? found) ? new Setting<T>((T)found.Value, found.Origin) : null;

    /// <summary>The value in force: what somebody said, else the default.</summary>
    public Setting<T> Get<T>(ConfigKey<T> key) => Find(key) ?? Setting.Default(key.Default);

    /// <summary>The value of a key of any type; the value is null where none is set.</summary>
    public (object? Value, string Origin)? Find(ConfigKey key) => _values.TryGetValue(key, out Setting<object>? found) ? (found.Value, found.Origin) : null;

    /// <summary>These values and, where it is not null, another in place of what was said before.</summary>
    public ConfigValues With<T>(ConfigKey<T> key, Setting<T>? setting) =>
        setting is null ? this : new(new Dictionary<ConfigKey, Setting<object>>(_values) { [key] = new(setting.Value!, setting.Origin) });

    /// <summary>These values, and where nobody said anything of a key, this one.</summary>
    public ConfigValues WithDefault<T>(ConfigKey<T> key, Setting<T> setting) => _values.ContainsKey(key) ? this : With(key, setting);
}
