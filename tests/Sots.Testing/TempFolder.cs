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

            // The runtime cannot spell all names (not UTF-8); what it can is quicker this way.
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (OperatingSystem.IsLinux())
            {
                using TargetDirectory above = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(System.IO.Path.GetDirectoryName(Path)!), create: false);
                above.Remove(PathText.ToBytes(System.IO.Path.GetFileName(Path)), recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or TargetException)
        {
            // Left behind in the temporary folder; no test depends on it.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
