namespace Sots.Cli.Output;

/// <summary>Finds out in which folder most of the changes are. Thread safe; of a project with very many folders it looks at the first.</summary>
/// <param name="root">Path of the project in the snapshot, without a slash at its end.</param>
internal sealed class ChangedFolders(string root)
{
    private const int MaxFolders = 20_000;
    private const int MaxDepth = 3;
    private const int FewestFiles = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private long _total;

    /// <summary>A file was new or changed.</summary>
    /// <param name="path">Path in the snapshot.</param>
    public void Add(string path)
    {
        string relative = path.StartsWith(root + "/", StringComparison.Ordinal) ? path[(root.Length + 1)..] : path.TrimStart('/');
        lock (_gate)
        {
            _total++;
            int depth = 0;
            for (int slash = relative.IndexOf('/', StringComparison.Ordinal); slash > 0 && depth < MaxDepth; slash = relative.IndexOf('/', slash + 1))
            {
                depth++;
                string folder = relative[..slash];
                if (_counts.TryGetValue(folder, out long count) || _counts.Count < MaxFolders)
                {
                    _counts[folder] = count + 1;
                }
            }
        }
    }

    /// <summary>The deepest folder that holds more than two thirds of the changes; null where there is none, or too little to speak of.</summary>
    public string? Most()
    {
        lock (_gate)
        {
            return _total < FewestFiles ? null : _counts
                .Where(entry => entry.Value * 3 > _total * 2)
                .OrderByDescending(entry => entry.Key.Count(c => c == '/'))
                .ThenByDescending(entry => entry.Value)
                .Select(entry => entry.Key)
                .FirstOrDefault();
        }
    }
}
