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

            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A name the runtime cannot spell (not UTF-8) stays behind in the temporary folder; no test depends on it.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
