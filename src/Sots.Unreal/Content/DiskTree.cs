using System.Security.Cryptography;
using Sots.Unreal.Assets;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Content;

/// <summary>A folder on the disk. What Unreal makes again, and version control, is not looked into.</summary>
public sealed class DiskTree : ContentTree
{
    private const int BufferLength = 1 << 20;

    // Nowhere in a project do these hold packages that another one could need.
    private static readonly HashSet<string> NotEntered = new(StringComparer.OrdinalIgnoreCase)
    {
        "Intermediate", "DerivedDataCache", "Saved", ".git", ".svn", ".hg", ".vs", ".idea", "node_modules",
    };

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    private readonly string _folder;

    private DiskTree(string folder, ProjectContent content)
        : base(content) => _folder = folder;

    /// <summary>Lists the files of a folder. Links are not followed; a folder that cannot be listed is one without files.</summary>
    public static DiskTree Load(string folder, CancellationToken cancellationToken)
    {
        List<TreeFile> files = [];
        Stack<(DirectoryInfo Folder, string Path)> open = new([(new DirectoryInfo(folder), "")]);
        while (open.TryPop(out (DirectoryInfo Folder, string Path) at))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                foreach (FileSystemInfo entry in at.Folder.EnumerateFileSystemInfos("*", Everything))
                {
                    string path = TreePath.Join(at.Path, entry.Name);
                    if (entry is FileInfo file)
                    {
                        files.Add(new TreeFile(path, file.Length));
                    }
                    else if (!NotEntered.Contains(entry.Name) && entry.LinkTarget is null)
                    {
                        open.Push(((DirectoryInfo)entry, path));
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or not ours to look into: the backup itself tells of it.
            }
        }

        return new DiskTree(folder, ProjectContent.Of(files.OrderBy(static file => file.Path, StringComparer.Ordinal)));
    }

    /// <inheritdoc/>
    public override TreeFile? FindFile(string path)
    {
        if (Content.FindFile(path) is { } listed)
        {
            return listed;
        }

        try
        {
            FileInfo file = new(PathOf(new TreeFile(path, 0)));
            return file.Exists ? new TreeFile(path, file.Length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<AssetFacts> FactsOfAsync(TreeFile file, CancellationToken cancellationToken)
    {
        try
        {
            using FilePackageSource source = new(PathOf(file));
            return new(AssetFacts.Of(PackageReader.Read(source)));
        }
        catch (PackageException e)
        {
            return new(AssetFacts.Of(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(Unreadable(e.Message));
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<string?> Md5OfAsync(TreeFile file, CancellationToken cancellationToken) =>
        await Md5OfAsync(PathOf(file), cancellationToken).ConfigureAwait(false);

    /// <summary>The MD5 of any file of the disk; null where it cannot be read.</summary>
    public static async Task<string?> Md5OfAsync(string path, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = NewMd5();
        byte[] buffer = new byte[BufferLength];
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return Hex(hash);
    }

    private string PathOf(TreeFile file) => Path.Combine(_folder, file.Path.Replace('/', Path.DirectorySeparatorChar));
}
