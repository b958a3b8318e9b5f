using Sots.Backup;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Health;

/// <summary>Examines the packages of a folder on the disk, in parallel. Follows no links. Used once.</summary>
/// <param name="excludes">What is not looked into.</param>
/// <param name="counters">Live totals.</param>
/// <param name="events">Told of what cannot be read.</param>
public sealed class FolderHealth(ExcludeRules excludes, OperationCounters counters, IOperationEvents events)
{
    private const int ReadLength = 256 << 10;

    private readonly SourceFileSystem _disk = SourceFileSystem.Current;
    private long _problems;

    /// <summary>Files and folders that could not be read.</summary>
    public long Problems => Interlocked.Read(ref _problems);

    /// <summary>Examines a folder or a single package.</summary>
    /// <param name="target">Absolute path.</param>
    /// <param name="tally">Takes what is found; paths are relative to the target, with forward slashes, or the name of the single package.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SourceException">The target itself cannot be looked at.</exception>
    public async Task ExamineAsync(DiskPath target, HealthTally tally, CancellationToken cancellationToken)
    {
        List<(DiskPath Path, string Name, long SizeBytes)> packages = [];
        FileStatus status = _disk.GetStatus(target, followLinks: true);
        if (status.IsDirectory)
        {
            Find(target, packages, cancellationToken);
        }
        else
        {
            packages.Add((target, Path.GetFileName(target.ToString()), status.SizeBytes));
        }

        Volatile.Write(ref counters.TotalFiles, packages.Count);
        Volatile.Write(ref counters.TotalBytes, packages.Sum(static package => package.SizeBytes));
        Volatile.Write(ref counters.TotalsKnown, 1);
        await Parallel.ForEachAsync(packages, cancellationToken, (package, token) =>
        {
            Examine(package.Path, package.Name, tally, token);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
    }

    private void Find(DiskPath target, List<(DiskPath Path, string Name, long SizeBytes)> packages, CancellationToken cancellationToken)
    {
        Stack<(DiskPath Path, string Name)> open = new([(target, "")]);
        while (open.TryPop(out (DiskPath Path, string Name) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using SourceDirectory directory = _disk.OpenDirectory(folder.Path, followLink: folder.Name.Length == 0);
                for (int i = 0; i < directory.Count; i++)
                {
                    DiskPath path = folder.Path.Join(directory.NameOf(i));
                    if (excludes.RejectsName(path) || !directory.TryGetStatus(i, out FileStatus status)
                        || excludes.RejectsEntry(path, status.IsDirectory, status.IsFile ? status.SizeBytes : 0))
                    {
                        continue;
                    }

                    string name = folder.Name + (folder.Name.Length == 0 ? "" : "/") + PathText.ToText(directory.NameOf(i));
                    if (status.IsDirectory)
                    {
                        open.Push((path, name));
                    }
                    else if (status.IsFile && AssetFacts.IsPackage(name))
                    {
                        packages.Add((path, name, status.SizeBytes));
                    }
                }
            }
            catch (SourceException e) when (folder.Name.Length > 0)
            {
                Report(folder.Path, e);
            }
        }
    }

    private void Examine(DiskPath path, string name, HealthTally tally, CancellationToken cancellationToken)
    {
        counters.Begin(name);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ReadLength);
        try
        {
            using SourceFile file = _disk.OpenFile(path);
            long length = file.Status.SizeBytes, rest = length;
            PackageExamination examination = new(length);
            for (int read; rest > 0 && (read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, rest)))) > 0; rest -= read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                examination.Append(buffer.AsSpan(0, read));
                Interlocked.Add(ref counters.BytesDone, read);
            }

            tally.Add(name, default, length, examination.Finish());
        }
        catch (SourceException e)
        {
            Report(path, e);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            counters.End(name);
            Interlocked.Increment(ref counters.FilesDone);
        }
    }

    private void Report(DiskPath path, SourceException e)
    {
        Interlocked.Increment(ref _problems);
        Interlocked.Increment(ref counters.Errors);
        events.Problem(new ProblemEvent("assets", path.ToString(), e.Message));
    }
}
