using System.Globalization;
using System.Text;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Unreal.Content;

namespace Sots.Cli.Assets;

/// <summary>Assets in words.</summary>
internal static class AssetNames
{
    /// <summary>Names that are shown of a list.</summary>
    public const int Shown = 10;

    /// <summary>An asset in a line: <c>/Game/Props/SM_Lamp (StaticMesh, 5.4, 1.2 MiB)</c>, of an actor its label first.</summary>
    public static string Describe(KnownPackage known)
    {
        string?[] facts = [known.Facts.Class.Length > 0 ? known.Facts.Class : null, known.Facts.Engine.Length > 0 ? known.Facts.Engine : null, Sizes.Format(known.Package.File.SizeBytes)];
        string inside = string.Join(", ", facts.OfType<string>());
        return known.Facts.Label.Length > 0
            ? $"{known.Facts.Label} ({inside}), an actor: {known.Package.Name}"
            : $"{known.Package.Name} ({inside})";
    }

    /// <summary>Adds a heading and the first names below it.</summary>
    public static void Append(StringBuilder text, string heading, IReadOnlyCollection<string> names, string indent = "  ")
    {
        text.Append('\n').Append(indent).Append(heading);
        foreach (string name in names.Take(Shown))
        {
            text.Append('\n').Append(indent).Append("  ").Append(name);
        }

        if (names.Count > Shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{indent}  and {names.Count - Shown:N0} more");
        }
    }

    /// <summary>"1 package", "3 packages".</summary>
    public static string Count(long number, string word) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {word}{(number == 1 ? "" : "s")}");

    /// <summary>A snapshot in a line.</summary>
    public static string Named(SavedSnapshot saved, TimeZoneInfo zone) => $"{saved.Id.Value.ToShortString()} of {Times.Local(saved.Snapshot.Time, zone)}";
}
