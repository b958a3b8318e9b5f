using System.Security.Cryptography;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Backup.Credentials;

/// <summary>
/// A password on its way into a file. It is written beside the file first, on the disk before anything relies on it; the file itself changes
/// from the old password to the new in one step. Both files are their owner's only. Not thread safe.
/// </summary>
public sealed class PasswordFileChange : IDisposable
{
    private const string Suffix = ".new";
    private readonly string _path;

    private PasswordFileChange(string path) => _path = path;

    private string Aside => _path + Suffix;

    /// <summary>Writes the new password beside the file. What an earlier change that died has left there is replaced.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: a file cannot hold this password. Storage: it cannot be written.</exception>
    public static PasswordFileChange Prepare(string path, Password password)
    {
        PasswordFileChange change = new(path);
        byte[] line = GC.AllocateUninitializedArray<byte>(password.Bytes.Length + 1, pinned: true);
        password.Bytes.Span.CopyTo(line);
        line[^1] = (byte)'\n';
        try
        {
            change.Write(line);
            using Password read = change.Read();
            return CryptographicOperations.FixedTimeEquals(read.Bytes.Span, password.Bytes.Span)
                ? change
                : throw new RepositoryException(
                    RepositoryErrorKind.InvalidRequest, "this password would not be the same when it is read from a file again",
                    "White space and byte order marks at its ends do not count in a password file: choose one without.");
        }
        catch
        {
            change.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
        }
    }

    /// <summary>The new password as it was read back.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: it cannot be read.</exception>
    public Password Read() => PasswordFile.Read(Aside, static _ => { });

    /// <summary>Puts the new password in the place of the old. When this returns that is on the disk.</summary>
    /// <exception cref="RepositoryException">Storage: it cannot be done; the old one is as it was, or both are the new one.</exception>
    public void Commit()
    {
        try
        {
            File.Move(Aside, _path, overwrite: true);
            DiskFlush.Folder(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <summary>Removes what was written beside the file and not put in its place.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(Aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is its owner's only, and the next change replaces it.
        }
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        try
        {
            File.Delete(Aside);
            using FileStream file = OwnerOnlyAccess.Current.CreateNew(Aside);
            file.Write(line);
            file.Flush();
            DiskFlush.File(file.SafeFileHandle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private RepositoryException Failed(Exception e) => new(
        RepositoryErrorKind.Storage, $"The password file {_path} cannot be written: {e.Message}",
        "Free space there, or choose another place with --password-file.", e);
}
