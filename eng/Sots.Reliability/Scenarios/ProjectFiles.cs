using Sots.Backup.Sources;
using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>The files of a small project, as they come and go with the work of weeks.</summary>
/// <param name="random">What happens.</param>
internal sealed class ProjectFiles(Random random)
{
    private static readonly string[] Folders = ["Content", "Content/Maps", "Content/Maps/Cellar", "Config", "Source/Game"];

    private readonly SortedDictionary<string, (byte[] Content, long Seconds)> _files = new(StringComparer.Ordinal);
    private long _seconds = 1_600_000_000;
    private int _made;

    /// <summary>The path of one of them, the same for the life of the project.</summary>
    public const string Settled = "Config/DefaultGame.ini";

    /// <summary>Path and content.</summary>
    public IEnumerable<(string Path, byte[] Content)> All => _files.Select(static file => (file.Key, file.Value.Content));

    /// <summary>A first version.</summary>
    /// <param name="random">Its shape.</param>
    /// <param name="files">How many files.</param>
    public static ProjectFiles Start(Random random, int files)
    {
        ProjectFiles project = new(random);
        project._files[Settled] = ("[/Script/EngineSettings]\n"u8.ToArray(), project._seconds);
        for (int i = 0; i < files; i++)
        {
            project.Add();
        }

        return project;
    }

    /// <summary>Some work: files are added, changed, cut short, removed, and one becomes a copy of another.</summary>
    public void Work()
    {
        _seconds += 1000;
        Add();
        Add();
        string[] there = [.. _files.Keys.Where(static path => path != Settled)];
        random.Shuffle(there);
        Change(there[0], content => [.. content, .. Bytes(random.Next(1, 3000))]);
        Change(there[1], content => [.. Bytes(8), .. content.AsSpan(Math.Min(8, content.Length))]);
        Change(there[2], content => content[..(content.Length / 2)]);
        _files[there[3]] = (_files[there[4]].Content, _seconds++);
        _files.Remove(there[5]);
    }

    /// <summary>Writes them to a folder, in which nothing else is afterwards.</summary>
    public void WriteTo(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        TreeOnDisk tree = new();
        foreach (string path in _files.Keys.SelectMany(FoldersAbove).Distinct())
        {
            tree.Directory(path, modified: new DiskTime(_seconds, 0));
        }

        foreach ((string path, (byte[] content, long seconds)) in _files)
        {
            tree.File(path, content, modified: new DiskTime(seconds, 0));
        }

        tree.WriteTo(folder);
    }

    private static IEnumerable<string> FoldersAbove(string path)
    {
        for (int end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            yield return path[..end];
        }
    }

    private void Change(string path, Func<byte[], byte[]> change) => _files[path] = (change(_files[path].Content), _seconds++);

    private void Add() => _files[$"{Folders[random.Next(Folders.Length)]}/Asset{_made++}.bin"] = (Bytes(random.Next(5) switch
    {
        0 => random.Next(0, 40),
        1 => random.Next(6000, 20_000),
        _ => random.Next(500, 5000),
    }), _seconds++);

    private byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
