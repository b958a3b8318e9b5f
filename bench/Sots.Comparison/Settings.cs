using System.Globalization;

namespace Sots.Comparison;

/// <summary>What the command line asks for.</summary>
internal sealed class Settings
{
    public const string Usage = """
        Sots.Comparison: sots_backup against restic, alternately, in folders of your choice.

          --work FOLDER          new folder for everything, removed at the end; best on a tmpfs (required)
          --data-sets LIST       of big,small,days,one,zeros,text,index,folder (default small)
          --jobs LIST            of baseline,unchanged,changed,restore,inplace,check,snapshots,forget (default: all);
                                 days and index have jobs of their own
          --pairs N              measured runs of each program for each job, after a warm-up (default 5)
          --scales LIST          sizes of the data as multiples, such as 1,4,16 (default 1)
          --seed N               for generated data and the choice of changed files (default 1)
          --output FILE          the table (default artifacts/bench/compare.md)
          --restic FILE          restic 0.19.1 (default: $SOTS_RESTIC_DIR/restic-0.19.1)
          --ours FILE            a sots_backup that is built already (default: publish one)
          --beside LIST          other programs that run in every round too, with a table of their own (default: none):
                                 /path/to/restic-0.14.0,/usr/bin/borg; a name that begins with borg is driven as borg 1, others as restic
          --cold yes             forget what the system has in its cache before every run; needs root, for --work on a disk

        The data sets:
          big                    what a tool makes that is called as TOOL MANIFEST FOLDER FRACTION SEED:
          --make-project TOOL --manifest FILE --fraction F   (default fraction 0.1; the scale multiplies it)
          small                  files in the manner of one-file-per-actor levels: --files N (default 100000)
          days                   folders that are pushed in turn at one path: --days FOLDER, whose subfolders are numbered 1, 2, 3, ...
          one                    one file, half of it random: --one-mb N (default 4096)
          zeros, text            compressible files of 8 MB: --plain-mb N (default 1024)
          index                  a repository of many blobs that are in the index alone: --blobs N (default 10000000)
          folder                 --folder FOLDER: yours; it is hard linked or copied and never written to
        """;

    private readonly Dictionary<string, string> _values = [];

    public string Work => Path.GetFullPath(_values["--work"]);

    public string Restic => _values.GetValueOrDefault("--restic") ?? Path.Combine(Environment.GetEnvironmentVariable("SOTS_RESTIC_DIR") ?? "", "restic-0.19.1");

    public string? Ours => _values.GetValueOrDefault("--ours");

    public string[] Beside => [.. Text("--beside", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath)];

    public string Output => Text("--output", Path.Combine("artifacts", "bench", "compare.md"));

    public string[] DataSets => Text("--data-sets", "small").Split(',');

    public string[] Jobs => Text("--jobs", "baseline,unchanged,changed,restore,inplace,check,snapshots,forget").Split(',');

    public IEnumerable<int> Scales => Text("--scales", "1").Split(',').Select(int.Parse);

    public bool IsCold => Text("--cold", "no") == "yes";

    public int Pairs => Number("--pairs", 5);

    public int Seed => Number("--seed", 1);

    public int Files => Number("--files", 100_000);

    public int OneMegabytes => Number("--one-mb", 4096);

    public int PlainMegabytes => Number("--plain-mb", 1024);

    public int Blobs => Number("--blobs", 10_000_000);

    public double Fraction => double.Parse(Text("--fraction", "0.1"), CultureInfo.InvariantCulture);

    /// <summary>A value that a data set cannot do without.</summary>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    public string Required(string name) => _values.GetValueOrDefault(name) ?? throw new InvalidDataException($"{name} is required for this data set; see --help");

    public static Settings? Parse(string[] args, out string complaint)
    {
        Settings settings = new();
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !Usage.Contains($"{args[i]} ", StringComparison.Ordinal))
            {
                complaint = $"{args[i]}: unknown, or without its value; see --help";
                return null;
            }

            settings._values[args[i]] = args[i + 1];
        }

        complaint = !settings._values.ContainsKey("--work") ? "--work is required"
            : Directory.Exists(settings.Work) ? $"{settings.Work} exists already; it would be removed at the end, so name a new folder"
            : !File.Exists(settings.Restic) ? $"there is no restic at '{settings.Restic}': use --restic or SOTS_RESTIC_DIR"
            : Array.Find(settings.Beside, static program => !File.Exists(program)) is { } missing
                ? $"there is no program at '{missing}', which --beside names"
            : "";
        return complaint.Length == 0 ? settings : null;
    }

    private string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    private int Number(string name, int otherwise) =>
        _values.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
