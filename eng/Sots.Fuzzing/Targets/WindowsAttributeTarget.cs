using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Fuzzing.Targets;

/// <summary>Attributes of nodes that came from Windows. The first byte chooses which; the rest is its JSON, or a security descriptor.</summary>
internal sealed class WindowsAttributeTarget : FuzzTarget
{
    private static readonly string[] Keys = [WindowsAttributeKeys.CreationTime, WindowsAttributeKeys.FileAttributes, WindowsAttributeKeys.SecurityDescriptor];

    private static readonly byte[] Descriptor =
    [
        1, 0, 4, 0x80, 20, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 52, 0, 0, 0,
        1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0,
        1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 33, 2, 0, 0,
        2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0xFF, 1, 0x1F, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
    ];

    /// <inheritdoc/>
    public override string Name => "windows-attributes";

    /// <inheritdoc/>
    public override string About => "Windows' attributes of nodes: what is damaged is told, and no offset of a security descriptor leads outside";

    /// <inheritdoc/>
    public override int MaxLength => 1024;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        [0, .. """{"LowDateTime":3577643008,"HighDateTime":27111902}"""u8],
        [1, .. "8226"u8],
        [2, .. "\""u8, .. System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(Descriptor)), .. "\""u8],
        [3, .. Descriptor],
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("LowDateTime", "HighDateTime", "4294967295", "4294967296", "\"AQAEgBQAAAAkAAAAAAAAADQAAAA=\"");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return false;
        }

        byte[] rest = input[1..].ToArray();
        byte[]? descriptor = rest;
        if (input[0] % 4 != 3)
        {
            Node node = new() { Name = "n"u8.ToArray(), Type = NodeType.File, GenericAttributes = [new GenericAttribute(Keys[input[0] % 4], rest)] };
            int problems = 0;
            WindowsAttributeValues values = WindowsAttributeValues.Read(node, _ => problems++);
            Law.Holds(problems <= 1 && (problems == 0 || values == default), "a damaged attribute counts as absent");
            Law.Holds(values.AttributesToSet(node) != 0, "there are attributes to set");
            if ((descriptor = values.SecurityDescriptor) is null)
            {
                return problems == 0;
            }
        }

        if (!SecurityDescriptor.TryParse(descriptor, out SecurityDescriptor parsed))
        {
            return false;
        }

        foreach (int offset in (ReadOnlySpan<int>)[parsed.Owner, parsed.Group, parsed.Dacl])
        {
            Law.Holds(offset == 0 || (offset >= 20 && offset + 8 <= descriptor.Length), "an offset leads to a place in the descriptor");
        }

        return true;
    }
}
