using System.Text.Json;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>The generic attributes of a node that came from Windows, read from their JSON. What is damaged counts as absent and is told.</summary>
/// <param name="CreationTime">Ticks of 100 ns since 1601, or null.</param>
/// <param name="FileAttributes">As Windows numbers them, or null.</param>
/// <param name="SecurityDescriptor">Self-relative, or null.</param>
internal readonly record struct WindowsAttributeValues(long? CreationTime, uint? FileAttributes, byte[]? SecurityDescriptor)
{
    /// <summary>What a program may set of the attributes; the others are consequences of other calls.</summary>
    private const uint Settable = WindowsFacts.ReadOnly | WindowsFacts.Hidden | WindowsFacts.System | WindowsFacts.Archive
        | WindowsFacts.Temporary | WindowsFacts.Offline | WindowsFacts.NotContentIndexed;

    /// <summary>Reads them.</summary>
    public static WindowsAttributeValues Read(Node node, Action<string> problem)
    {
        WindowsAttributeValues values = default;
        foreach (GenericAttribute attribute in node.GenericAttributes)
        {
            try
            {
                Utf8JsonReader reader = new(attribute.Json);
                reader.Read();
                values = attribute.Key switch
                {
                    WindowsAttributeKeys.CreationTime => values with { CreationTime = ReadFileTime(ref reader) },
                    WindowsAttributeKeys.FileAttributes => values with { FileAttributes = reader.GetUInt32() },
                    WindowsAttributeKeys.SecurityDescriptor => values with { SecurityDescriptor = reader.GetBytesFromBase64() },
                    _ => values,
                };
            }
            catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
            {
                problem($"attribute {attribute.Key} of {PathText.ToText(node.Name)} is damaged and not restored");
            }
        }

        return values;
    }

    /// <summary>
    /// The attributes to set: those of the node, or, where it did not come from Windows, read-only if nobody may write. "Normal" stands
    /// for none, because 0 would leave them as they are.
    /// </summary>
    public uint AttributesToSet(Node node)
    {
        const uint anyWrite = 0x92;
        uint attributes = FileAttributes is uint known
            ? known & Settable
            : node.Type == NodeType.File && (node.Mode & anyWrite) == 0 ? WindowsFacts.ReadOnly : 0;
        return attributes == 0 ? WindowsFacts.Normal : attributes;
    }

    private static long? ReadFileTime(ref Utf8JsonReader reader)
    {
        uint low = 0;
        uint high = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isLow = reader.ValueTextEquals("LowDateTime"u8);
            bool isHigh = reader.ValueTextEquals("HighDateTime"u8);
            reader.Read();
            low = isLow ? reader.GetUInt32() : low;
            high = isHigh ? reader.GetUInt32() : high;
        }

        long ticks = unchecked((long)(((ulong)high << 32) | low));
        return ticks > 0 ? ticks : null;
    }
}
