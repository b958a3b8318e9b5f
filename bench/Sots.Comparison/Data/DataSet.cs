using System.Globalization;

namespace Sots.Comparison;

/// <summary>A folder that is saved. It belongs to the comparison: changing it changes nobody's files.</summary>
internal sealed class DataSet
{
    private readonly string? _states;

    private DataSet(string name, string folder, string? states = null)
    {
        Name = name;
        Folder = Path.GetFullPath(folder);
        _states = states;
        if (states is null)
        {
            Count = Files(folder).Length;
            Bytes = Folders.BytesIn(folder);
        }
        else
        {
            Count = States().Sum(static state => Files(state).Length);
            Bytes = States().Sum(Folders.BytesIn);
        }
    }

    /// <summary>Its name, with the scale where that is not 1.</summary>
    public string Name { get; }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Number of files.</summary>
    public int Count { get; }

    /// <summary>Their length together.</summary>
    public long Bytes { get; }

    /// <summary>Whether all that its repository names is there, so that it can be checked.</summary>
    public bool IsWhole => !Name.StartsWith("index", StringComparison.Ordinal);

    /// <summary>Makes a data set.</summary>
    /// <exception cref="InvalidDataException">There is none of this name, or something that it needs was not given.</exception>
    public static DataSet Prepare(string name, Settings settings, int scale)
    {
        string folder = Path.Combine(settings.Work, "source");
        string called = scale == 1 ? name : $"{name}/{scale}x";
        switch (name)
        {
            case "big":
                string fraction = (settings.Fraction * scale).ToString(CultureInfo.InvariantCulture);
                Commands.Must(settings.Required("--make-project"), [settings.Required("--manifest"), folder, fraction, settings.Seed.ToString(CultureInfo.InvariantCulture)]);
                break;
            case "small":
                ActorFiles.Write(folder, settings.Files * scale, settings.Seed);
                break;
            case "one":
                PlainFiles.WriteHalfRandom(folder, settings.OneMegabytes * (long)scale, settings.Seed);
                break;
            case "zeros":
                PlainFiles.WriteZeros(folder, settings.PlainMegabytes * scale);
                break;
            case "text":
                PlainFiles.WriteText(folder, settings.PlainMegabytes * scale, settings.Seed);
                break;
            case "index":
                PlainFiles.WriteZeros(folder, 1);
                break;
            case "days":
                return new DataSet(called, folder, settings.Required("--days"));
            case "folder":
                Folders.Copy(settings.Required("--folder"), folder, mayLink: true);
                break;
            default:
                throw new InvalidDataException($"There is no data set '{name}'; see --help.");
        }

        return new DataSet(called, folder);
    }

    /// <summary>The states of a project, by number.</summary>
    public string[] States() =>
        [.. Directory.GetDirectories(_states!).Where(static state => int.TryParse(Path.GetFileName(state), out _)).OrderBy(static state => int.Parse(Path.GetFileName(state)))];

    /// <summary>Puts a state in the place of the one before it. What is alike keeps its times, as on a real disk.</summary>
    public void Show(string state)
    {
        Directory.CreateDirectory(Folder);
        HashSet<string> wanted = [.. Files(state).Select(file => Path.GetRelativePath(state, file))];
        foreach (string file in wanted)
        {
            string from = Path.Combine(state, file), to = Path.Combine(Folder, file);
            if (!File.Exists(to) || !File.ReadAllBytes(from).AsSpan().SequenceEqual(File.ReadAllBytes(to)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.WriteAllBytes(to, File.ReadAllBytes(from));
            }
        }

        foreach (string file in Files(Folder).Where(file => !wanted.Contains(Path.GetRelativePath(Folder, file))))
        {
            File.Delete(file);
        }
    }

    /// <summary>Changes one file in a hundred: some bytes are put in somewhere, as saving an asset again does.</summary>
    public static void ChangeOnePercent(string folder, int seed)
    {
        Random random = new(seed);
        byte[] inserted = new byte[100];
        string[] files = Files(folder);
        for (int i = 0; i < Math.Max(1, files.Length / 100); i++)
        {
            string file = files[random.Next(files.Length)];
            random.NextBytes(inserted);
            long at = (long)(random.NextDouble() * new FileInfo(file).Length);
            using (FileStream from = File.OpenRead(file))
            using (FileStream to = File.Create(file + "~"))
            {
                CopyBytes(from, to, at);
                to.Write(inserted);
                from.CopyTo(to);
            }

            // Replaced and never written into: it may be linked to somebody's.
            File.Move(file + "~", file, overwrite: true);
        }
    }

    /// <summary>Compares every byte with a restored copy.</summary>
    /// <exception cref="InvalidDataException">Something differs.</exception>
    public void MustEqual(string restored)
    {
        if (Commands.Run("diff", "-r", "--no-dereference", Folder, restored) != 0)
        {
            throw new InvalidDataException($"The folder restored to {restored} differs from {Folder}.");
        }
    }

    /// <summary>Removes it.</summary>
    public void Remove() => Folders.Remove(Folder);

    private static string[] Files(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static void CopyBytes(FileStream from, FileStream to, long length)
    {
        byte[] buffer = new byte[1 << 20];
        for (long left = length; left > 0;)
        {
            int read = from.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            to.Write(buffer, 0, read);
            left -= read;
        }
    }
}
