namespace Sots.Unreal.Content;

/// <summary>What a person types to mean an asset.</summary>
/// <remarks>
/// Understood are the short name ("Lamp"), the long name ("/Game/Things/Lamp"), what the editor's "Copy Reference" gives
/// ("/Script/Engine.StaticMesh'/Game/Things/Lamp.Lamp'"), the path of the file or its end ("Things/Lamp.uasset"), and the label of an actor.
/// </remarks>
public sealed class AssetWord
{
    private readonly string _path;

    private AssetWord(string text)
    {
        Text = text;
        string name = text.Trim().Replace('\\', '/');
        int quote = name.IndexOf('\'', StringComparison.Ordinal);
        if (quote > 0 && name.EndsWith('\''))
        {
            name = name[(quote + 1)..^1];
        }

        _path = name.TrimEnd('/');
        ShortName = TreePath.NameOf(Stem(_path));
        LongName = _path.StartsWith('/') ? Stem(_path) : null;
    }

    /// <summary>As it was typed.</summary>
    public string Text { get; }

    /// <summary>The last part, without an ending.</summary>
    public string ShortName { get; }

    /// <summary>The long name, if it may be one; else null.</summary>
    public string? LongName { get; }

    /// <summary>Whether it cannot be a label: it has folders or the ending of a package.</summary>
    public bool IsPath => _path.Contains('/', StringComparison.Ordinal) || Assets.AssetFacts.IsPackage(_path);

    /// <summary>Understands a text.</summary>
    public static AssetWord Of(string text) => new(text);

    /// <summary>Whether a file of this name could be meant, wherever it lies.</summary>
    public bool MayBe(string fileName) =>
        Assets.AssetFacts.IsPackage(fileName) && TreePath.WithoutExtension(fileName).Equals(ShortName, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The packages that are meant by name or path: by the long name; else by the path of the file; else, for a short name, by that of the
    /// file. None where it is no name of a package here.
    /// </summary>
    public IReadOnlyList<ContentPackage> Find(ProjectContent content)
    {
        if (LongName is not null && content.FindAll(LongName).ToList() is { Count: > 0 } byName)
        {
            return byName;
        }

        if (IsPath)
        {
            string end = "/" + _path.TrimStart('/');
            return [.. content.Packages.Where(package => IsAtEnd(package, end))];
        }

        return [.. content.Packages.Where(package => package.ShortName.Equals(ShortName, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Whether a package is meant by its label, or by the path of the object in its level.</summary>
    public bool IsLabelOf(Assets.AssetFacts facts) =>
        facts.Label.Equals(Text.Trim(), StringComparison.OrdinalIgnoreCase)
        || (facts.ObjectPath.Contains(':', StringComparison.Ordinal) && facts.ObjectPath.Equals(_path, StringComparison.OrdinalIgnoreCase));

    /// <summary>A path may be typed from any folder on, with or without the ending; or in full, where it goes on above the tree.</summary>
    private static bool IsAtEnd(ContentPackage package, string end)
    {
        string path = "/" + package.File.Path;
        return path.EndsWith(end, StringComparison.OrdinalIgnoreCase) || TreePath.WithoutExtension(path).EndsWith(end, StringComparison.OrdinalIgnoreCase)
            || end.EndsWith(path, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Without the name of the object, or the ending of the file: no name of a package has a dot.</summary>
    private static string Stem(string path) => path.IndexOf('.', path.LastIndexOf('/') + 1) is > 0 and int dot ? path[..dot] : path;
}
