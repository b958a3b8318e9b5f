using System.Globalization;
using System.Net;
using System.Text;
using Sots.Unreal.Assets;
using Sots.Unreal.Histories;

namespace Sots.Cli.Output;

/// <summary>
/// A page that shows the versions of an asset side by side. It holds its pictures itself, needs no network, and forbids itself to load or run
/// anything; whatever comes from a repository is escaped.
/// </summary>
internal static class HistoryPage
{
    /// <summary>Second line of every page, by which the program knows its own.</summary>
    public const string Mark = "<!-- made by sots_backup history -->";

    /// <summary>Ends the versions of a file.</summary>
    public const string SectionEnd = "</div></section>\n";

    /// <summary>Ends the page.</summary>
    public const string End = "</body></html>\n";

    /// <summary>Begins the page.</summary>
    public static string Start(IReadOnlyList<AssetHistory> histories)
    {
        string title = Escape(string.Join(", ", histories.Select(static history => AssetPath.NameOf(history.Path)).Distinct().Take(3)));
        return $$"""
            <!DOCTYPE html>
            {{Mark}}
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width">
            <title>{{title}}: versions</title>
            <style>
            body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; background: #1b1b1d; color: #ddd; }
            h1 { font-size: 20px; margin: 0; } p { margin: 2px 0; color: #999; overflow-wrap: anywhere; }
            section { margin-bottom: 40px; } .versions { display: flex; flex-wrap: wrap; gap: 16px; margin-top: 16px; }
            figure { margin: 0; width: 256px; background: #28282b; border-radius: 6px; overflow: hidden; }
            figure img, .none { display: block; width: 256px; height: 256px; object-fit: contain; background: #101011; }
            .none { display: flex; align-items: center; justify-content: center; color: #777; }
            figcaption { padding: 10px 12px; overflow-wrap: anywhere; } figcaption b { color: #fff; } ul { margin: 6px 0 0; padding-left: 16px; color: #aaa; }
            .damaged b { color: #ff7b6b; }
            </style></head><body>

            """.ReplaceLineEndings("\n");
    }

    /// <summary>Names a file.</summary>
    public static string Heading(AssetHistory history)
    {
        AssetFacts? facts = history.Newest.Details?.Facts;
        string name = facts is { Label.Length: > 0 } ? facts.Label : AssetPath.NameOf(history.Path);
        string where = $"{string.Join(' ', history.Paths)} on {history.Hostname}";
        return $"<section><h1>{Escape(name)}</h1><p>{Escape($"{facts?.Class} {facts?.PackageName}".Trim())}</p><p>{Escape(history.Path)}</p><p>{Escape(where)}</p>\n<div class=\"versions\">\n";
    }

    /// <summary>A version with its picture.</summary>
    public static string Version(HistoryVersion version, VersionPicture? picture, TimeZoneInfo zone)
    {
        StringBuilder html = new();
        string time = Times.Local(version.First.Snapshot.Time, zone);
        html.Append(version.Details is { IsDamaged: true } ? "<figure class=\"damaged\">" : "<figure>");
        html.Append(
            version.IsDeletion ? "<div class=\"none\">deleted</div>"
            : picture is null ? "<div class=\"none\">no picture stored</div>"
            : $"<img alt=\"{Escape(time)}\" src=\"data:image/{(picture.IsJpeg ? "jpeg" : "png")};base64,{Convert.ToBase64String(picture.Bytes.Span)}\">");
        string size = version.Node is { } node ? Sizes.Format(node.Size) : "";
        string engine = version.Details?.Facts.Engine is { Length: > 0 } saved ? $" UE {saved}" : "";
        html.Append(CultureInfo.InvariantCulture, $"<figcaption><b>{Escape(time)}</b> {version.First.Id.Value.ToShortString()}<br>{Escape($"{size}{engine}{HistoryText.Health(version)}")}");
        string[] lines = [.. HistoryText.Lines(version, zone)];
        if (lines.Length > 0)
        {
            html.Append("<ul>").AppendJoin("", lines.Select(static line => $"<li>{Escape(line)}</li>")).Append("</ul>");
        }

        return html.Append("</figcaption></figure>\n").ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(PrintableText.Escape(text));
}
