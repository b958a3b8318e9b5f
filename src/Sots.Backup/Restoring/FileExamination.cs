using Sots.Backup.Operations;
using Sots.Backup.Sources;

namespace Sots.Backup.Restoring;

/// <summary>What has to be done about a file.</summary>
internal enum FileAction : byte
{
    /// <summary>Nothing: the policy keeps what is there.</summary>
    Leave,

    /// <summary>Its content is right: only metadata are applied.</summary>
    ApplyMetadata,

    /// <summary>Most of its content is right: what differs is written in place.</summary>
    Patch,

    /// <summary>It is written under a temporary name and renamed.</summary>
    WriteAside,
}

/// <summary>What was found out about a file.</summary>
/// <param name="Action">What has to be done.</param>
/// <param name="Existed">Whether something is there under its name.</param>
/// <param name="Differing">For a patch: the numbers of the blobs that are not in place, ascending.</param>
internal readonly record struct FileDecision(FileAction Action, bool Existed, IReadOnlyList<int>? Differing = null);

/// <summary>Compares what is at the place of a file with what should be there. Changes nothing. Thread safe.</summary>
internal sealed class FileExamination(RestoreRun run)
{
    /// <summary>Decides what has to be done about a file.</summary>
    /// <exception cref="TargetException">Its directory cannot be opened.</exception>
    public FileDecision Examine(PlannedFile file, CancellationToken cancellationToken)
    {
        if (file.Directory.WasCreated)
        {
            return new FileDecision(FileAction.WriteAside, Existed: false);
        }

        using DirectoryHandles.Lease lease = run.Directories.Borrow(file.Directory);
        if (!lease.Directory.TryGetStatus(file.Node.Name, out FileStatus there))
        {
            return new FileDecision(FileAction.WriteAside, Existed: false);
        }

        if (run.IsLeftAlone(file.Node, there))
        {
            return new FileDecision(FileAction.Leave, Existed: true);
        }

        bool sameSize = there.IsFile && there.SizeBytes == file.SizeBytes;
        bool isTrusted = run.Options.Overwrite == OverwritePolicy.IfChanged && there.ModifiedTime.IsInstantOf(file.Node.ModifiedTime);
        if (sameSize && (isTrusted || file.SizeBytes == 0))
        {
            return new FileDecision(FileAction.ApplyMetadata, Existed: true);
        }

        if (!there.IsFile || there.SizeBytes == 0 || file.SizeBytes == 0
            || FindDifferences(lease.Directory, file, cancellationToken) is not { } differing)
        {
            return new FileDecision(FileAction.WriteAside, Existed: true);
        }

        // A file with other names is not written to: what the others show would change with it.
        return differing.Count == 0 && sameSize ? new FileDecision(FileAction.ApplyMetadata, Existed: true)
            : differing.Count == file.BlobCount || there.Links > 1 || run.Options.ReplaceWhole ? new FileDecision(FileAction.WriteAside, Existed: true)
            : new FileDecision(FileAction.Patch, Existed: true, differing);
    }

    /// <summary>The blobs that are not in place; null where the file cannot be read or written, which makes a new one the way.</summary>
    private List<int>? FindDifferences(TargetDirectory directory, PlannedFile file, CancellationToken cancellationToken)
    {
        try
        {
            using TargetFile existing = directory.OpenForRead(file.Node.Name);
            return FileComparison.FindDifferences(existing, file.Blobs(run.Repository.Index), cancellationToken);
        }
        catch (TargetException)
        {
            return null;
        }
    }
}
