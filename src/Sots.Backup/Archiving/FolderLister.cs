using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Sources;

namespace Sots.Backup.Archiving;

/// <summary>
/// Looks into folders: what they are themselves, and what of them is not left out by name. Thread safe: a walk has folders listed by other
/// threads before their turn comes.
/// </summary>
internal sealed class FolderLister(SourceFileSystem fileSystem, BackupOptions options, Func<long, short> offsetOf, IOperationEvents events)
{
    private readonly ExcludedPaths _never = ExcludedPaths.SeenFrom(
        options.Targets.Select(target => DiskPaths.MakeAbsolute(target, options.WorkingDirectory)).Prepend(options.WorkingDirectory), options.NeverSave);

    /// <summary>Whether a path is left out by its name.</summary>
    public bool RejectsName(DiskPath path)
    {
        if (_never.RejectsName(path))
        {
            events.Message($"{path} is left out: it belongs to the backup itself");
            return true;
        }

        return options.Excludes.RejectsName(path);
    }

    /// <summary>Lists a folder.</summary>
    /// <param name="above">The folder in which it was found; still the same one after the listing, or the listing is not used.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="status">What it was when it was found.</param>
    /// <param name="withEntries">False for the folder alone, as where another file system begins.</param>
    /// <exception cref="SourceException">It cannot be listed, or is no folder any more.</exception>
    public FolderListing List(DirectoryBuild above, byte[] name, DiskPath path, in FileStatus status, bool withEntries)
    {
        List<ListingProblem> problems = [];
        FolderListing listing = new(
            fileSystem.CreateNode(name, path, status, offsetOf, options.WithAccessTime, text => problems.Add(new ListingProblem(path, text, null))),
            withEntries ? fileSystem.ReadDirectory(path, found => !RejectsName(path.Join(found)), (entry, failure) => problems.Add(new ListingProblem(entry, "", failure))) : [],
            problems);
        FolderTrail.Verify(fileSystem, above);
        return listing;
    }
}
