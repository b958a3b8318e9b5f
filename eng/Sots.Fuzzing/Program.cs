using System.Globalization;
using Sots.Fuzzing;
using Sots.Fuzzing.Driving;

// Fuzzing guided by coverage; see CONTRIBUTING.md. Exit code 1 where there is a finding.
//
//   dotnet run -c Release --project eng/Sots.Fuzzing -- --target all --minutes 30
//   dotnet run -c Release --project eng/Sots.Fuzzing -- --target tree --distil
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Before anything else: instrumented code writes to the map from its first line on.
CoverageMap? coverage = args.Contains("--worker") ? new() : null;
FuzzSettings settings;
try
{
    settings = FuzzSettings.Parse(args);
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine($"{e.Message}\nusage: --target NAME|all [--minutes 1 | --runs 100000] [--seed 1] [--jobs 1] [--work artifacts/fuzzing] [--corpus {"tests/Sots.Fuzzing.Tests/Corpus"}] [--blind] [--distil]");
    foreach (FuzzTarget target in FuzzTargets.All)
    {
        Console.Error.WriteLine($"  {target.Name,-20} {target.About}");
    }

    return 2;
}

if (coverage is not null)
{
    // The input ends with the process that watches; nothing else is ever written to it.
    new Thread(static () =>
    {
        Console.In.Read();
        Environment.Exit(3);
    }) { IsBackground = true }.Start();
    FuzzTarget target = settings.Targets[0];
    if (settings.Distil)
    {
        Distillery.Distil(target, settings.Folders, coverage);
        return 0;
    }

    using Mailbox mailbox = new(Path.Combine(settings.Folders.Work, target.Name, "input.bin"));
    new FuzzLoop(target, settings, coverage, mailbox).Run();
    return 0;
}

// A folder for each process, so that two runs do not take each other's copy away.
string copy = Path.Combine(Path.GetFullPath(settings.Folders.Work), $"instrumented-{Environment.ProcessId}");
try
{
    string program = InstrumentedCopy.Make(copy);
    int findings = 0;
    await Parallel.ForEachAsync(settings.Targets, new ParallelOptions { MaxDegreeOfParallelism = settings.Jobs }, async (target, cancellationToken) =>
    {
        int found = await new Watch(program, settings, target).RunAsync(cancellationToken);
        Interlocked.Add(ref findings, found);
    });
    return findings == 0 ? 0 : 1;
}
finally
{
    Directory.Delete(copy, recursive: true);
}
