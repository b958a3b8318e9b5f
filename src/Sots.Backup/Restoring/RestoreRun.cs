using Sots.Backup.Operations;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>What all steps of one restore share. Thread safe.</summary>
/// <param name="Repository">Where the content comes from.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Tally">Counts and tells.</param>
/// <param name="Directories">Where it goes to.</param>
internal sealed record RestoreRun(IndexedRepository Repository, RestoreOptions Options, RestoreTally Tally, DirectoryHandles Directories)
{
    /// <summary>How metadata are applied.</summary>
    public MetadataOptions Metadata { get; } = new() { OwnershipByName = Options.OwnershipByName };

    /// <summary>Whether the policy keeps what is there, whatever its content.</summary>
    public bool IsLeftAlone(Node node, in FileStatus there) => Options.Overwrite switch
    {
        OverwritePolicy.Never => true,
        OverwritePolicy.IfNewer => (node.ModifiedTime.UnixSeconds, node.ModifiedTime.Nanoseconds)
            .CompareTo((there.ModifiedTime.UnixSeconds, there.ModifiedTime.Nanoseconds)) <= 0,
        _ => false,
    };

    /// <summary>
    /// To be called right before what has a name is replaced or removed: a restore in place takes away nothing but what its plan shows, and
    /// that only as it was seen when it was looked up in the safety snapshot.
    /// </summary>
    /// <exception cref="TargetException">It has to stay.</exception>
    public void EnsureReplaceable(TargetDirectory directory, byte[] name, byte[] path)
    {
        if (Options.ReplaceWhole && directory.TryGetStatus(name, out FileStatus there) && !Options.Filter.MayReplace(path, there))
        {
            throw Changed(directory.Path.Join(name));
        }
    }

    /// <summary>The error of an entry that is left as it is, because it is not what the plan of a restore in place shows.</summary>
    public static TargetException Changed(DiskPath path) => new(
        TargetErrorKind.Exists, "replace", path, "it was changed after the project was compared and saved; it is left as it is");

    /// <summary>Whether an error only says that a dry run has not made the directory that would be there.</summary>
    public bool IsDueToDryRun(TargetException e) => Options.DryRun && e.Kind is TargetErrorKind.Missing or TargetErrorKind.Exists;
}
