using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Unreal.Content;
using Sots.Unreal.References;

namespace Sots.Cli.Assets;

/// <summary>Which assets come back from which snapshot, and what they need.</summary>
internal sealed record AssetPlanReport(SavedSnapshot Saved, DependencyClosure Closure, TimeZoneInfo Zone) : IReport
{
    /// <summary>How many of the closure's packages were asked for: its first.</summary>
    public required int Asked { get; init; }

    /// <summary>Files of each asset that was asked for.</summary>
    public required IReadOnlyList<IReadOnlyList<TreeFile>> Files { get; init; }

    /// <summary>Whether the packages they need come too.</summary>
    public required bool WithDependencies { get; init; }

    /// <summary>Packages they need that are not in the project today; null where that is not known.</summary>
    public IReadOnlySet<ContentPackage>? MissingToday { get; init; }

    /// <summary>Of those they need only what is missing today comes.</summary>
    public bool OnlyMissing { get; init; }

    private IEnumerable<KnownPackage> Needed => Closure.Packages.Skip(Asked);

    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new($"From snapshot {AssetNames.Named(Saved, Zone)}:");
        for (int i = 0; i < Asked; i++)
        {
            text.Append("\n  ").Append(AssetNames.Describe(Closure.Packages[i])).Append(CultureInfo.InvariantCulture, $"\n    {FilesOf(i)}");
        }

        if (WithDependencies)
        {
            AppendNeeded(text);
        }
        else if (MissingToday is { Count: > 0 })
        {
            AssetNames.Append(
                text, $"needs {AssetNames.Count(MissingToday.Count, "package")} not in the project today (--with-dependencies brings {(MissingToday.Count == 1 ? "it" : "them")} too)",
                [.. MissingToday.Select(static package => package.Name)]);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new AssetPlanMessage
    {
        Snapshot = Saved.Id.ToString(),
        Time = Times.Format(Saved.Snapshot.Time),
        Assets = [.. Closure.Packages.Take(Asked).Select((known, i) => AssetJson.Of(known) with { Files = Files[i].Count, Bytes = Files[i].Sum(static file => file.SizeBytes) })],
        WithDependencies = WithDependencies,
        Dependencies = [.. Needed.Select(known => AssetJson.Of(known) with { MissingToday = MissingToday?.Contains(known.Package) })],
        Missing = [.. Closure.Missing.Select(static one => new NeededJson(one.Name, one.NeededBy.Name))],
        Outside = [.. Closure.Outside.Select(static one => new NeededJson(one.Name, one.NeededBy.Name))],
        Levels = [.. Closure.Levels.Select(static level => level.Name)],
    });

    private void AppendNeeded(StringBuilder text)
    {
        List<KnownPackage> needed = [.. OnlyMissing ? Needed.Where(known => MissingToday!.Contains(known.Package)) : Needed];
        string today = MissingToday is null || OnlyMissing ? "" : MissingToday.Count == 0 ? ", all of them in the project today" : $", {MissingToday.Count} of them not in the project today";
        string title = OnlyMissing ? "with what it needs and the project lacks" : "with what it needs";
        if (needed.Count == 0)
        {
            text.Append(OnlyMissing ? "\n  nothing it needs is missing in the project" : "\n  needs no other package of the project");
        }
        else
        {
            AssetNames.Append(
                text, $"{title}: {AssetNames.Count(needed.Count, "package")}, {Sizes.Format(needed.Sum(static known => known.Package.File.SizeBytes))}{today}",
                [.. needed.OrderByDescending(known => MissingToday?.Contains(known.Package) == true)
                    .Select(known => AssetNames.Describe(known) + (MissingToday?.Contains(known.Package) == true && !OnlyMissing ? ", missing today" : ""))]);
        }

        if (Closure.Missing.Count > 0)
        {
            AssetNames.Append(text, "needed, but not in that snapshot either (`references` says which one has it)", [.. Closure.Missing.Select(static one => $"{one.Name}, by {one.NeededBy.Name}")]);
        }

        if (Closure.Outside.Count > 0)
        {
            string mounts = string.Join(", ", Closure.Outside.GroupBy(static one => ProjectContent.MountNameOf(one.Name), StringComparer.OrdinalIgnoreCase)
                .Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} ({group.Count()})")));
            text.Append("\n  needed from the engine or from plugins that are not saved here: ").Append(mounts);
        }

        if (Closure.Levels.Count > 0)
        {
            AssetNames.Append(text, "levels that are left as they are (`restore-level` brings one with its actors)", [.. Closure.Levels.Select(static level => level.Name)]);
        }
    }

    private string FilesOf(int asset)
    {
        IReadOnlyList<TreeFile> files = Files[asset];
        TreeFile package = Closure.Packages[asset].Package.File;
        if (!Closure.Packages[asset].Package.IsLevel)
        {
            return string.Join(", ", files.Select(static file => file.Path));
        }

        int actors = files.Count(static file => Unreal.UnrealLevels.IsActor("/" + file.Path));
        return $"{package.Path} with {AssetNames.Count(actors, "file")} of actors and objects, {Sizes.Format(files.Sum(static file => file.SizeBytes))} in all";
    }
}

/// <summary>What comes back, for programs. Sizes in bytes.</summary>
internal sealed record AssetPlanMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "asset_plan";

    public required string Snapshot { get; init; }

    public required string Time { get; init; }

    public required IReadOnlyList<AssetJson> Assets { get; init; }

    public required bool WithDependencies { get; init; }

    public required IReadOnlyList<AssetJson> Dependencies { get; init; }

    public required IReadOnlyList<NeededJson> Missing { get; init; }

    public required IReadOnlyList<NeededJson> Outside { get; init; }

    public required IReadOnlyList<string> Levels { get; init; }
}

/// <summary>An asset, for programs. <paramref name="Label"/> only of actors.</summary>
internal sealed record AssetJson(
    string Name, string Path, string Class, string Engine, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Label, long Bytes)
{
    /// <summary>How many files it has; only of what was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Files { get; init; }

    /// <summary>Whether it is not in the project today; absent where that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? MissingToday { get; init; }

    public static AssetJson Of(KnownPackage known) => new(
        known.Package.Name, known.Package.File.Path, known.Facts.Class, known.Facts.Engine, known.Facts.Label.Length > 0 ? known.Facts.Label : null, known.Package.File.SizeBytes);
}

/// <summary>A package that is needed, and the first that needs it.</summary>
internal sealed record NeededJson(string Name, string NeededBy);
