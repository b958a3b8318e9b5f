using System.Diagnostics;
using System.Globalization;
using Sots.Testing.Unreal;
using Sots.Unreal.Packages;

namespace Sots.Benchmarks;

/// <summary>
/// Processor time of reading the headers of ten thousand packages, one after the other on one thread. The target is under 2 s.
/// </summary>
internal static class PackageReading
{
    private const int Packages = 10_000;

    /// <summary>
    /// How many of a thousand have so many objects: in the size of their files as in 60,730 files of a real project, with more objects the
    /// larger they are.
    /// </summary>
    private static readonly (int Share, int Objects, int DataBytes)[] Sizes =
    [
        (400, 5, 8 << 10), (300, 30, 60 << 10), (200, 120, 200 << 10), (80, 400, 470 << 10), (19, 1500, 4 << 20), (1, 6000, 22 << 20),
    ];

    /// <summary>Reads and reports.</summary>
    /// <param name="folder">Folder with packages, which are read again and again until there are enough; null to generate some.</param>
    /// <param name="output">Where the result goes.</param>
    public static int Report(string? folder, TextWriter output)
    {
        string root = folder ?? Directory.CreateTempSubdirectory("sots-packages-").FullName;
        try
        {
            if (folder is null)
            {
                Generate(root);
            }

            string[] files = [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(static file => file.EndsWith(".uasset", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".umap", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
            if (files.Length == 0)
            {
                output.WriteLine($"there are no packages in {root}");
                return 1;
            }

            // Once to have everything compiled and the files in memory, as they are after a backup.
            Read(files, Math.Min(files.Length, 1000));
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            Stopwatch wall = Stopwatch.StartNew();
            (long headers, long objects, long refused) = Read(files, Packages);
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime - before;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Packages} packages, {headers / 1e6:F1} MB of headers, {objects} objects, {refused} refused: {processor.TotalSeconds:F2} s of processor time, {wall.Elapsed.TotalSeconds:F2} s"));
            return 0;
        }
        finally
        {
            if (folder is null)
            {
                Directory.Delete(root, recursive: true);
            }
        }
    }

    private static (long Headers, long Objects, long Refused) Read(string[] files, int count)
    {
        long headers = 0, objects = 0, refused = 0;
        for (int i = 0; i < count; i++)
        {
            try
            {
                using FilePackageSource source = new(files[i % files.Length]);
                PackageHeader header = PackageReader.Read(source);
                headers += header.Summary.TotalHeaderSize;
                objects += header.Exports.Count;
            }
            catch (PackageException)
            {
                refused++;
            }
        }

        return (headers, objects, refused);
    }

    /// <summary>A thousand packages of all sizes.</summary>
    private static void Generate(string root)
    {
        int number = 0;
        foreach ((int share, int objects, int data) in Sizes)
        {
            for (int i = 0; i < share; i++, number++)
            {
                string name = $"BP_Thing_{number:D5}";
                byte[] package = new PackageWriter
                {
                    PackageName = $"/Game/Things/{name}",
                    Objects = [.. Enumerable.Range(0, objects).Select(static n => $"K2Node_CallFunction_{n}")],
                    HardDependencies = [.. Enumerable.Range(0, Math.Min(objects, 60)).Select(n => $"/Game/Materials/M_{number}_{n}")],
                    SoftDependencies = [.. Enumerable.Range(0, Math.Min(objects, 20)).Select(static n => $"/Game/Textures/T_{n}")],
                    Tags = [.. Enumerable.Range(0, 20).Select(static n => ($"Tag{n}", "a value of ordinary length"))],
                    Thumbnail = new byte[6000],
                    Data = new byte[data],
                }.Write();
                File.WriteAllBytes(Path.Combine(root, name + ".uasset"), package);
            }
        }
    }
}
