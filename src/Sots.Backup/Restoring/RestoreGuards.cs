using Sots.Backup.Operations;
using Sots.Restic;

namespace Sots.Backup.Restoring;

/// <summary>Refuses restores that would do harm, before anything is touched.</summary>
internal static class RestoreGuards
{
    /// <summary>Checks the target. Links on the way to it and to the repository are looked through.</summary>
    /// <returns>Where below the target the repository lies, "/"-separated with a leading "/"; null where it does not.</returns>
    /// <exception cref="RepositoryException">InvalidRequest, with what to do instead.</exception>
    public static byte[]? Check(RestoreOptions options, string repositoryLocation)
    {
        DiskPath target = RealPath.Of(options.Target);
        byte[]? repositoryPath = null;
        if (Path.IsPathFullyQualified(repositoryLocation))
        {
            DiskPath repository = RealPath.Of(DiskPath.FromText(repositoryLocation));
            if (DiskPaths.IsWithin(target, repository))
            {
                throw Refusal($"The target {target} lies inside the repository {repository}.", "Choose a folder outside of it.");
            }

            if (options.Delete && DiskPaths.IsWithin(repository, target))
            {
                throw Refusal(
                    $"The repository {repository} lies inside the target {target}; deleting what the snapshot does not have would delete it.",
                    "Choose another target, or leave --delete out.");
            }

            if (DiskPaths.IsWithin(repository, target))
            {
                int levels = PathRules.Current.Components(target).Count;
                repositoryPath = [.. PathRules.Current.Components(repository).Skip(levels).SelectMany(name => (byte[])[(byte)'/', .. name])];
            }
        }

        if (options.Delete && options.Filter.TakesEverything && (IsRoot(target) || IsHome(target)))
        {
            throw Refusal(
                $"With --delete everything in {target} that the snapshot does not have would be removed.",
                "Name a folder of the project as target, or limit the restore with --include.");
        }

        return repositoryPath;
    }

    private static bool IsRoot(DiskPath target) => DiskPaths.Parent(target) == target;

    private static bool IsHome(DiskPath target)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0 && DiskPaths.IsWithin(RealPath.Of(DiskPath.FromText(home)), target);
    }

    private static RepositoryException Refusal(string message, string advice) => new(RepositoryErrorKind.InvalidRequest, message, advice);
}
