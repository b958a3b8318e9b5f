using System.Globalization;
using Sots.Comparison;

// Compares sots_backup with restic, and others beside: prepares data, publishes the native program, runs all in turn, verifies what they
// made, and prints and saves the tables. Linux only (it needs cp, diff and GNU time). See --help.
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
    ResticContender theirs = new("restic", settings.Restic, settings.Work);
    ResticContender ours = new("ours", settings.Ours ?? NativeProgram.Publish(), settings.Work) { Empty = theirs.Empty };

    // Each in a folder of its own, as two may have one name.
    Contender[] others = [.. settings.Beside.Select((program, i) => Contender.Of(program, Path.Combine(settings.Work, $"beside-{i + 1}")))];
    Table table = new(settings);
    foreach (int scale in settings.Scales)
    {
        foreach (string name in settings.DataSets)
        {
            DataSet data = DataSet.Prepare(name, settings, scale);
            foreach (Contender who in (Contender[])[theirs, .. others])
            {
                who.MakeEmpty();
            }

            new Comparison(settings, data, table, theirs, ours, others).Run();
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
