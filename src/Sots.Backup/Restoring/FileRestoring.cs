namespace Sots.Backup.Restoring;

/// <summary>Restores the content of files: looks at what is there, then fetches what differs. What cannot be restored is reported.</summary>
internal sealed class FileRestoring(RestoreRun run)
{
    private readonly FileExamination _examination = new(run);

    /// <summary>Restores files. When cancelled, no temporary file stays behind.</summary>
    public async Task RunAsync(IReadOnlyList<PlannedFile> files, CancellationToken cancellationToken)
    {
        FileRestore?[] needed = await ExamineAsync(files, cancellationToken).ConfigureAwait(false);
        WantedContent wanted = new(run.Repository.Index);
        List<FileRestore> withoutContent = [];
        foreach (FileRestore? file in needed)
        {
            if (file is null)
            {
                continue;
            }

            if (file.Planned.BlobCount == 0 || file.Decision.Differing is { Count: 0 })
            {
                withoutContent.Add(file);
            }
            else
            {
                wanted.Add(file, file.Decision.Differing);
            }
        }

        try
        {
            foreach (FileRestore file in withoutContent)
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.Finish(run);
            }

            await new ContentRestore(run, wanted).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (FileRestore? file in needed)
            {
                file?.TakeAway(run);
            }

            throw;
        }
    }

    private async Task<FileRestore?[]> ExamineAsync(IReadOnlyList<PlannedFile> files, CancellationToken cancellationToken)
    {
        FileRestore?[] needed = new FileRestore?[files.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, files.Count, parallel, (i, token) =>
        {
            PlannedFile file = files[i];
            try
            {
                FileDecision decision = _examination.Examine(file, token);
                needed[i] = Act(file, decision);
            }
            catch (TargetException e) when (run.IsDueToDryRun(e))
            {
                needed[i] = Act(file, new FileDecision(FileAction.WriteAside, Existed: false));
            }
            catch (TargetException e)
            {
                run.Tally.Problem(file, $"not restored: {e.Message}");
            }

            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return needed;
    }

    /// <summary>Does what needs no content from the repository; returns what does.</summary>
    private FileRestore? Act(PlannedFile file, in FileDecision decision)
    {
        switch (decision.Action)
        {
            case FileAction.Leave:
                file.Outcome = FileOutcome.LeftAlone;
                run.Tally.FileSkipped(file);
                return null;
            case FileAction.ApplyMetadata:
                file.Outcome = FileOutcome.Exact;
                run.Tally.FileSkipped(file);
                ApplyMetadata(file);
                return null;
            case var _ when run.Options.DryRun:
                file.Outcome = FileOutcome.Exact;
                run.Tally.Moved(file.SizeBytes);
                run.Tally.FileRestored(file, decision.Existed);
                return null;
            default:
                long inPlace = decision.Differing is null ? 0 : file.SizeBytes - LengthOf(file, decision.Differing);
                run.Tally.Moved(inPlace);
                return new FileRestore(file, decision);
        }
    }

    private void ApplyMetadata(PlannedFile file)
    {
        if (run.Options.DryRun)
        {
            return;
        }

        try
        {
            using DirectoryHandles.Lease lease = run.Directories.Borrow(file.Directory);
            lease.Directory.ApplyMetadata(file.Node, run.Metadata, text => run.Tally.Problem(file, text));
        }
        catch (TargetException e)
        {
            run.Tally.Problem(file, e.Message);
        }
    }

    private long LengthOf(PlannedFile file, IReadOnlyList<int> numbers)
    {
        long length = 0;
        int number = 0;
        int given = 0;
        foreach (FileBlob blob in file.Blobs(run.Repository.Index))
        {
            if (given < numbers.Count && numbers[given] == number++)
            {
                given++;
                length += blob.Location.PlainLength;
            }
        }

        return length;
    }
}
