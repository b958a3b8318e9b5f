using System.Text;
using System.Text.Json;

namespace Sots.Unreal.SourceArt;

/// <summary>A file that an asset was imported from, as the asset tells of it.</summary>
/// <param name="Name">Path as the editor wrote it: absolute, or relative to the asset's folder or to the engine's program.</param>
/// <param name="Md5">MD5 at the time of the import, in small hexadecimal digits; empty where it was not written down.</param>
public readonly record struct ImportedFile(string Name, string Md5)
{
    /// <summary>
    /// The files that import data name; empty names are left out. What is no JSON, or something else than expected, names none.
    /// </summary>
    /// <param name="importData">The tag AssetImportData.</param>
    public static IReadOnlyList<ImportedFile> Parse(string importData)
    {
        if (importData.Length == 0)
        {
            return [];
        }

        try
        {
            return Read(importData);
        }
        catch (JsonException)
        {
            // Editors write names between quotes as they are.
            try
            {
                return Read(importData.Replace('\\', '/'));
            }
            catch (JsonException)
            {
                return [];
            }
        }
    }

    private static List<ImportedFile> Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        List<ImportedFile> files = [];
        if (document.RootElement.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement entry in document.RootElement.EnumerateArray().Where(static entry => entry.ValueKind == JsonValueKind.Object))
            {
                string name = TextOf(entry, "RelativeFilename").Replace('\\', '/').Trim();
                if (name.Length > 0)
                {
                    files.Add(new ImportedFile(name, TextOf(entry, "FileMD5").ToLowerInvariant()));
                }
            }
        }

        return files;
    }

    private static string TextOf(JsonElement entry, string member) =>
        entry.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
