using BenchmarkDotNet.Attributes;
using Sots.Backup;
using Sots.Backup.Sources;

namespace Sots.Benchmarks;

/// <summary>Listing 10,000 small files in 100 folders with everything a snapshot says of them, content aside.</summary>
[MemoryDiagnoser]
public class WalkBenchmarks
{
    private const int Folders = 100, FilesAFolder = 100;

    private string _root = "";

    /// <summary>Makes the files.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _root = Directory.CreateTempSubdirectory("sots-walk-").FullName;
        for (int folder = 0; folder < Folders; folder++)
        {
            string path = Directory.CreateDirectory(Path.Combine(_root, $"{folder:D3}")).FullName;
            for (int file = 0; file < FilesAFolder; file++)
            {
                File.WriteAllBytes(Path.Combine(path, $"BP_Actor_{file:D4}.uasset"), [1, 2, 3]);
            }
        }
    }

    /// <summary>Removes them.</summary>
    [GlobalCleanup]
    public void CleanUp() => Directory.Delete(_root, recursive: true);

    /// <summary>Names and status of every entry.</summary>
    [Benchmark]
    public int List() => Walk(withNodes: false);

    /// <summary>The same with the node of each entry.</summary>
    [Benchmark]
    public int ListWithNodes() => Walk(withNodes: true);

    private int Walk(bool withNodes)
    {
        int count = 0;
        Stack<DiskPath> open = new([DiskPath.FromText(_root)]);
        while (open.TryPop(out DiskPath folder))
        {
            foreach (SourceEntry entry in SourceFileSystem.Current.ReadDirectory(folder))
            {
                DiskPath path = folder.Join(entry.Name);
                count += withNodes && SourceFileSystem.Current.CreateNode(entry.Name, path, entry.Status, _ => 0, false, _ => { }).Links == 0 ? 0 : 1;
                if (entry.Status.IsDirectory)
                {
                    open.Push(path);
                }
            }
        }

        return count;
    }
}
