using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Unreal.Content;
using Sots.Unreal.References;

namespace Sots.Cli.Assets;

/// <summary>What is the matter with the references of a project, and what to do.</summary>
/// <param name="After">What was looked into.</param>
/// <param name="Before">What it was compared with; null for nothing.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Fresh">What of it was not so before.</param>
internal sealed record ReferencesReport(LookedAt After, LookedAt? Before, ReferenceFindings Findings, IReadOnlyList<MissingPackage> Fresh) : IReport
{
    private const int NeedersShown = 5, Shown = 30;

    /// <summary>The newest snapshot that has a missing package.</summary>
    public required IReadOnlyDictionary<string, SavedSnapshot> Last { get; init; }

    /// <summary>Tells how a package comes back.</summary>
    public required RestoreLine Restoring { get; init; }

    /// <summary>For times.</summary>
    public required TimeZoneInfo Zone { get; init; }

    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new($"{AssetNames.Count(Findings.Packages, "package")} in {After.Name}{(Before is null ? "" : $", compared with {Before.Name}")}");
        HashSet<MissingPackage> isFresh = [.. Before is null ? [] : Findings.Missing.Where(one => Fresh.Any(fresh => fresh.Name.Equals(one.Name, StringComparison.OrdinalIgnoreCase)))];
        if (isFresh.Count > 0)
        {
            AppendMissing(text, $"New since then: {Missing(isFresh.Count)}", [.. Findings.Missing.Where(isFresh.Contains)]);
        }

        MissingPackage[] old = [.. Findings.Missing.Where(one => !isFresh.Contains(one))];
        if (old.Length > 0)
        {
            AppendMissing(text, Before is null ? Capital(Missing(old.Length)) : $"As before: {Missing(old.Length)}", old);
        }

        if (Findings.Moved.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n{AssetNames.Count(Findings.Moved.Count, "package")} moved, renamed or copied outside the editor:");
            foreach (MovedPackage moved in Findings.Moved.Take(Shown))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n  {moved.Package.File.Path}\n    calls itself {moved.RecordedName}; {AdviceFor(moved)}");
            }

            AppendRest(text, Findings.Moved.Count);
        }

        if (Findings.Unreadable.Count > 0)
        {
            AssetNames.Append(
                text.Append('\n'), $"{AssetNames.Count(Findings.Unreadable.Count, "package")} cannot be read, so that nothing is known of what they need:",
                [.. Findings.Unreadable.Select(static one => $"{one.Package.File.Path}: {one.Reason}")], indent: "");
        }

        if (Findings.Outside.Count > 0)
        {
            string mounts = string.Join(", ", Findings.Outside.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Mount} ({one.Packages:N0})")));
            text.Append("\n\nIn the engine, or in plugins and projects that are not here, and so not judged: ").Append(mounts);
        }

        if (Findings.Missing.Count == 0 && Findings.Moved.Count == 0)
        {
            text.Append("\n\nNothing is missing that another package cannot do without, and nothing was moved outside the editor.");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new ReferencesMessage
    {
        Snapshot = After.Part?.Saved.Id.ToString(),
        Folder = After.Folder,
        ComparedWith = Before is null ? null : Before.Part?.Saved.Id.ToString() ?? Before.Folder,
        Packages = Findings.Packages,
        Missing = [.. Findings.Missing.Select(one => new MissingJson(
            one.Name, [.. one.NeededBy.Select(static package => package.Name)], Before is null ? null : Fresh.Any(fresh => fresh.Name.Equals(one.Name, StringComparison.OrdinalIgnoreCase)),
            one.MovedTo?.Name, Last.GetValueOrDefault(one.Name)?.Id.ToString(), Last.TryGetValue(one.Name, out SavedSnapshot? last) ? Restoring.OfAsset(one.Name, last.Id) : null))],
        Moved = [.. Findings.Moved.Select(static one => new MovedJson(one.Package.Name, one.Package.File.Path, one.RecordedName, one.AtOldPlace?.Name, one.IsRedirected))],
        Unreadable = [.. Findings.Unreadable.Select(static one => new UnreadableJson(one.Package.Name, one.Package.File.Path, one.Reason))],
        Outside = [.. Findings.Outside.Select(static one => new OutsideJson(one.Mount, one.Packages))],
    });

    private void AppendMissing(StringBuilder text, string title, MissingPackage[] missing)
    {
        text.Append("\n\n").Append(title);
        foreach (MissingPackage one in missing.Take(Shown))
        {
            string more = one.NeededBy.Count > NeedersShown ? string.Create(CultureInfo.InvariantCulture, $" and {one.NeededBy.Count - NeedersShown:N0} more") : "";
            text.Append(CultureInfo.InvariantCulture, $"\n  {one.Name}\n    needed by {string.Join(", ", one.NeededBy.Take(NeedersShown).Select(static package => package.Name))}{more}");
            if (one.MovedTo is { } there)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n    its file was moved outside the editor, to {there.File.Path}: move it back, then move it in the editor");
            }

            if (Last.TryGetValue(one.Name, out SavedSnapshot? last))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n    last in snapshot {AssetNames.Named(last, Zone)}: {Restoring.OfAsset(one.Name, last.Id)}");
            }
            else if (Last.Count > 0 || After.Part is not null || Before is not null)
            {
                text.Append("\n    in no snapshot");
            }
        }

        AppendRest(text, missing.Length);
    }

    private static void AppendRest(StringBuilder text, int count)
    {
        if (count > Shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {count - Shown:N0} more; --json has all");
        }
    }

    private static string Missing(int count) => count == 1 ? "1 package is missing that others need" : $"{AssetNames.Count(count, "package")} are missing that others need";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string AdviceFor(MovedPackage moved) => moved switch
    {
        { IsRedirected: true } => "a redirector stands there, so that what needs it finds the asset under that name only: save it again in the editor",
        { AtOldPlace: not null } => "that one is there too, so this is a copy made outside the editor: what needs that one does not get this. Save it in the editor, or duplicate the other there",
        _ => "what needs it looks for it there: move the file back, then move it in the editor",
    };
}

/// <summary>References, for programs.</summary>
internal sealed record ReferencesMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "references";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Snapshot { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Folder { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ComparedWith { get; init; }

    public required int Packages { get; init; }

    public required IReadOnlyList<MissingJson> Missing { get; init; }

    public required IReadOnlyList<MovedJson> Moved { get; init; }

    public required IReadOnlyList<UnreadableJson> Unreadable { get; init; }

    public required IReadOnlyList<OutsideJson> Outside { get; init; }
}

/// <summary>A missing package. Absent where there is none: new (nothing was compared), moved_to, last_snapshot, command.</summary>
internal sealed record MissingJson(
    string Name, IReadOnlyList<string> NeededBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? New,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MovedTo,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LastSnapshot,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Command);

/// <summary>A package that was moved outside the editor.</summary>
internal sealed record MovedJson(
    string Name, string Path, string RecordedName, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AtOldPlace, bool Redirected);

/// <summary>A package that cannot be read.</summary>
internal sealed record UnreadableJson(string Name, string Path, string Reason);

/// <summary>Packages that lie elsewhere.</summary>
internal sealed record OutsideJson(string Mount, int Packages);
