using System.Globalization;
using Sots.Comparison;

// Compares sots_backup with restic: prepares data, publishes the native program, runs both in turn, verifies what they made, and prints and
// saves one table. Linux only (it needs cp, diff and GNU time). See --help.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["-h"] or ["--help"] or [])
{
    Console.WriteLine(Settings.Usage);
    return args.Length == 0 ? 1 : 0;
}

if (Settings.Parse(args, out string complaint) is not { } settings)
{
    Console.Error.WriteLine(complaint);
    return 1;
}

try
{
    Directory.CreateDirectory(settings.Work);
    string ours = settings.Ours ?? NativeProgram.Publish();
    Table table = new(settings);
    foreach (int scale in settings.Scales)
    {
        foreach (string name in settings.DataSets)
        {
            DataSet data = DataSet.Prepare(name, settings, scale);
            string empty = Path.Combine(settings.Work, "empty");
            Contender theirs = new("restic", settings.Restic, settings.Work) { Empty = empty };
            theirs.MakeEmpty();
            new Comparison(settings, data, table, theirs, new Contender("ours", ours, settings.Work) { Empty = empty }).Run();
            data.Remove();

            // After each data set: what was measured is kept, whatever happens to the rest.
            table.Save();
        }
    }

    Console.WriteLine(table.ToMarkdown());
    Console.Error.WriteLine($"saved as {settings.Output}");
    return 0;
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
finally
{
    Folders.Remove(settings.Work);
}
