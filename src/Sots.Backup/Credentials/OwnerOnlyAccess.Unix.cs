using System.Buffers;
using System.Runtime.Versioning;

namespace Sots.Backup.Credentials;

/// <summary>Permission bits.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixOwnerOnlyAccess : OwnerOnlyAccess
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+");
    private const UnixFileMode Readers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <inheritdoc/>
    public override FileStream CreateNew(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.None,
        UnixCreateMode = Owner,
    });

    /// <inheritdoc/>
    public override void CreateFolder(string path) => Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);

    /// <inheritdoc/>
    public override string? FindExposure(string path)
    {
        try
        {
            return (File.GetUnixFileMode(path) & Readers) == 0 ? null : $"other users may read this password file; `chmod 600 {Quoted(path)}` closes it";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was read a moment ago; what its mode is now does not matter.
            return null;
        }
    }

    private static string Quoted(string path) =>
        path.AsSpan().ContainsAnyExcept(Plain) ? "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'" : path;
}
