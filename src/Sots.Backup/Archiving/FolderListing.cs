using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>A folder that was looked into. What went wrong is reported when its turn comes, so that nothing is said of folders that are left out.</summary>
/// <param name="Node">The folder itself, without its tree.</param>
/// <param name="Entries">What is in it, sorted by the bytes of the names.</param>
/// <param name="Problems">What could not be read.</param>
internal sealed record FolderListing(Node Node, List<SourceEntry> Entries, List<ListingProblem> Problems)
{
    /// <summary>Reports what could not be read.</summary>
    public void ReportTo(ArchiveProblems problems)
    {
        foreach (ListingProblem problem in Problems)
        {
            if (problem.Failure is { } failure)
            {
                problems.Report(problem.Path, failure);
            }
            else
            {
                problems.Report("archival", problem.Path.ToString(), problem.Text);
            }
        }
    }
}

/// <summary>Something that could not be read while a folder was listed.</summary>
/// <param name="Path">What it is about.</param>
/// <param name="Text">What happened, where <paramref name="Failure"/> does not say it.</param>
/// <param name="Failure">Why an entry is missing in the listing, or null.</param>
internal readonly record struct ListingProblem(DiskPath Path, string Text, SourceException? Failure);
