using Sots.Unreal;

namespace Sots.Backup.Tests.Unreal;

/// <summary>A tree that exists only as a list of "/"-separated file paths below a root.</summary>
internal sealed class ListedFolders : IFolderListing
{
    private readonly Dictionary<string, HashSet<FolderEntry>> _folders = [];
    private readonly Dictionary<string, string> _texts = [];

    internal ListedFolders(string root, IEnumerable<string> files)
    {
        Root = root;
        foreach (string file in files)
        {
            string path = root + "/" + file;
            bool isFolder = false;
            while (path.Length > root.Length)
            {
                int slash = path.LastIndexOf('/');
                string parent = path[..slash];
                (_folders.TryGetValue(parent, out HashSet<FolderEntry>? entries) ? entries : _folders[parent] = []).Add(new FolderEntry(path[(slash + 1)..], isFolder));
                path = parent;
                isFolder = true;
            }
        }
    }

    internal string Root { get; }

    internal HashSet<string> Listed { get; } = [];

    internal ListedFolders WithText(string file, string text)
    {
        _texts[Root + "/" + file] = text;
        return this;
    }

    public IEnumerable<FolderEntry> List(string folder)
    {
        Listed.Add(folder);
        return _folders.TryGetValue(folder, out HashSet<FolderEntry>? entries) ? entries : [];
    }

    public string? ReadText(string file, int maxBytes) => _texts.GetValueOrDefault(file);

    internal UnrealRoots Discover() => UnrealRoots.Discover(Root, '/', this, CancellationToken.None);
}
