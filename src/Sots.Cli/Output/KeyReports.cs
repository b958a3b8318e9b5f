using System.Text;
using System.Text.Json.Serialization;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Trees;

namespace Sots.Cli.Output;

/// <summary>The keys of a repository: restic's table and restic's JSON.</summary>
/// <param name="keys">Which.</param>
/// <param name="zone">For the times of the table.</param>
internal sealed class KeyList(IReadOnlyList<StoredKey> keys, TimeZoneInfo zone) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        TextTable table = new(" ID", "User", "Host", "Created");
        foreach (StoredKey key in keys)
        {
            table.Add([(key.IsCurrent ? "*" : " ") + key.Id.Value.ToShortString()], [key.File.Username ?? ""], [key.File.Hostname ?? ""], [Created(key)]);
        }

        StringBuilder text = new();
        table.WriteTo(text);
        return text.ToString().TrimEnd('\n');
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line<IReadOnlyList<KeyJson>>(
        [.. keys.Select(key => new KeyJson(key.IsCurrent, key.Id.ToString(), key.File.Username ?? "", key.File.Hostname ?? "", Created(key)))]);

    /// <summary>What the file says, which anybody may have written: what is no time is shown as it stands.</summary>
    private string Created(StoredKey key) =>
        NodeTime.TryParse(Encoding.UTF8.GetBytes(key.File.Created ?? ""), out NodeTime time) ? Times.Local(time, zone) : key.File.Created ?? "";
}

/// <summary>A key as restic's <c>key list --json</c> writes it.</summary>
internal sealed record KeyJson(
    [property: JsonPropertyName("current")] bool Current,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("userName")] string UserName,
    [property: JsonPropertyName("hostName")] string HostName,
    [property: JsonPropertyName("created")] string Created);

/// <summary>A password was added.</summary>
/// <param name="id">Its key.</param>
internal sealed class KeyAdded(KeyId id) : IReport
{
    /// <summary>The key in whose place it is; null where there is none.</summary>
    public KeyId? Replaced { get; init; }

    /// <inheritdoc/>
    public string ToText() => $"saved new key with ID {id}" + (Replaced is { } old ? $"\nremoved key {old}" : "");

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new KeyMessage("key_added", id.ToString(), Replaced?.ToString()));
}

/// <summary>A password was taken away.</summary>
/// <param name="id">Its key.</param>
internal sealed class KeyRemoved(KeyId id) : IReport
{
    /// <inheritdoc/>
    public string ToText() => $"removed key {id}";

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new KeyMessage("key_removed", id.ToString(), null));
}

/// <summary>What was done with a key.</summary>
internal sealed record KeyMessage(string MessageType, string Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Replaced);
