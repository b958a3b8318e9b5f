using System.Buffers;
using System.Text;
using Sots.Restic;

namespace Sots.Backup.Sources;

/// <summary>Finds the paths on the disk that a pattern with wildcards stands for. A wildcard never spans a separator.</summary>
internal static class PathGlob
{
    private static readonly SearchValues<char> Wildcards = SearchValues.Create("*?[");

    /// <summary>The paths, sorted; the pattern itself where it has no wildcards or finds nothing.</summary>
    /// <param name="pattern">The pattern; relative ones give relative paths.</param>
    /// <param name="workingDirectory">What relative ones are relative to; absolute.</param>
    /// <exception cref="RepositoryException">InvalidRequest: the pattern is invalid.</exception>
    public static IReadOnlyList<string> Expand(string pattern, string workingDirectory)
    {
        if (!pattern.AsSpan().ContainsAny(Wildcards))
        {
            return [pattern];
        }

        string root = Path.GetPathRoot(pattern) ?? "";
        List<string> found = [root];
        foreach (string component in pattern[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            Func<string, IEnumerable<string>> step = component.AsSpan().ContainsAny(Wildcards) ? Matching(component, workingDirectory) : Existing(component, workingDirectory);
            found = [.. found.SelectMany(step)];
        }

        found.Sort(StringComparer.Ordinal);
        return found.Count > 0 ? found : [pattern];
    }

    private static Func<string, IEnumerable<string>> Existing(string name, string workingDirectory) => folder =>
    {
        string path = Path.Combine(folder, name);
        return Path.Exists(Path.Combine(workingDirectory, path)) ? [path] : [];
    };

    private static Func<string, IEnumerable<string>> Matching(string component, string workingDirectory)
    {
        bool backslashEscapes = Path.DirectorySeparatorChar == '/';
        ComponentPattern pattern = ComponentPattern.Parse(Encoding.UTF8.GetBytes(component), backslashEscapes, out string? problem)
            ?? throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"The pattern '{component}' is invalid: it {problem}");
        return folder =>
        {
            try
            {
                return
                [
                    .. Directory.EnumerateFileSystemEntries(Path.Combine(workingDirectory, folder))
                        .Select(path => Path.GetFileName(path))
                        .Where(name => pattern.Matches(PathText.ToBytes(name)))
                        .Select(name => Path.Combine(folder, name)),
                ];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        };
    }
}
