using System.Text;
using System.Text.Json;
using Sots.Backup;
using Sots.Cli.Output;
using Sots.Restic.Backends;

namespace Sots.Cli.Runs;

/// <summary>
/// The record of all runs: <c>runs.jsonl</c> in the folder of the logs. Lines are only added, whole and one process at a time. A line that
/// a crash tore is passed over, and ended before the next is added.
/// </summary>
/// <param name="folder">Folder of the logs.</param>
/// <param name="clock">To wait for another process.</param>
internal sealed class RunRecords(string folder, TimeProvider clock)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "runs.jsonl";

    private const string LockName = "runs.lock";
    private const int LongestRead = 64 << 20;
    private const int ThinFromLength = 4 << 20;
    private const int Attempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private string FilePath => Path.Combine(folder, FileName);

    /// <summary>Adds a line and hands it to the disk.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Append(RunRecord record)
    {
        using FileStream held = Lock();
        using FileStream file = SeekableFile.Require(new FileStream(FilePath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        file.Write(Encoding.UTF8.GetBytes((IsTorn(file) ? "\n" : "") + CliJson.Line(record) + "\n"));
        DiskFlush.File(file.SafeFileHandle);
    }

    /// <summary>All runs that the record tells of, oldest first; of a run that has ended the line of its end. Lines that make no sense are passed over.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public IReadOnlyList<RunRecord> Read()
    {
        Dictionary<string, RunRecord> runs = [];
        foreach (RunRecord record in ReadLines())
        {
            if (record.Event == RunRecord.EndEvent || !runs.ContainsKey(record.Id))
            {
                runs[record.Id] = record;
            }
        }

        return [.. runs.Values.OrderBy(run => run.Start).ThenBy(run => run.Id, StringComparer.Ordinal)];
    }

    /// <summary>Once the file has grown long, keeps the newest runs only. Where that cannot be done now, the next run does it.</summary>
    public bool TryThin(int keep)
    {
        try
        {
            Thin(keep);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Written aside, then replaced.</summary>
    private void Thin(int keep)
    {
        FileInfo file = new(FilePath);
        if (!file.Exists || file.Length < ThinFromLength)
        {
            return;
        }

        using FileStream held = Lock();
        string aside = FilePath + ".new";
        using (FileStream output = new(aside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            foreach (RunRecord run in Read().TakeLast(keep))
            {
                output.Write(Encoding.UTF8.GetBytes(CliJson.Line(run) + "\n"));
            }

            output.Flush();
            DiskFlush.File(output.SafeFileHandle);
        }

        File.Move(aside, FilePath, overwrite: true);
    }

    private IEnumerable<RunRecord> ReadLines()
    {
        if (!File.Exists(FilePath))
        {
            yield break;
        }

        using FileStream file = SeekableFile.Require(new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        file.Position = Math.Max(0, file.Length - LongestRead);
        using StreamReader reader = new(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is { } record)
            {
                yield return record;
            }
        }
    }

    /// <summary>The record of a line, or null where the line makes no sense.</summary>
    internal static RunRecord? Parse(string line)
    {
        try
        {
            return CliJson.Parse<RunRecord>(line) is { Id: not null, Verb: not null, Host: not null, Version: not null, Event: RunRecord.StartEvent or RunRecord.EndEvent } record
                ? record
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsTorn(FileStream file)
    {
        if (file.Length == 0)
        {
            return false;
        }

        file.Position = file.Length - 1;
        bool torn = file.ReadByte() != '\n';
        file.Position = file.Length;
        return torn;
    }

    /// <summary>Held for the moment of one line; another process waits two seconds at most.</summary>
    private FileStream Lock()
    {
        string path = Path.Combine(folder, LockName);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (attempt < Attempts && File.Exists(path))
            {
                Task.Delay(Pause, clock).GetAwaiter().GetResult();
            }
        }
    }
}
