using Sots.Backup;
using Sots.Backup.Restoring;

namespace Sots.Testing;

/// <summary>A fresh folder of a test's own, removed with everything in it, read-only files too.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TempFolder() => Path = Directory.CreateTempSubdirectory("sots-").FullName;

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Full path of something below it.</summary>
    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            RemoveByRuntime();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RemoveByBytes();
        }
    }

    private void RemoveByRuntime()
    {
        foreach (string folder in Directory.EnumerateDirectories(Path, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
        }))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        Directory.Delete(Path, recursive: true);
    }

    /// <summary>Names that are no UTF-8 the runtime cannot spell; our own calls can.</summary>
    private void RemoveByBytes()
    {
        try
        {
            using TargetDirectory above = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(System.IO.Path.GetDirectoryName(Path)!), create: false);
            above.Remove(PathText.ToBytes(System.IO.Path.GetFileName(Path)), recursive: true);
        }
        catch (TargetException)
        {
            // Left behind in the temporary folder; no test depends on it.
        }
    }
}
