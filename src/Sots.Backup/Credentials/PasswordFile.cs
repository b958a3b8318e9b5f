using System.Security.Cryptography;
using Sots.Restic;

namespace Sots.Backup.Credentials;

/// <summary>A file that holds a repository's password.</summary>
public static class PasswordFile
{
    /// <summary>Reads the password of a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="warn">Told where others may read the file.</param>
    /// <exception cref="RepositoryException">InvalidRequest: it is not there, cannot be read, or is too long to be a password.</exception>
    public static Password Read(string path, Action<string> warn)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(PasswordText.MaxBytes + 1, pinned: true);
        try
        {
            int length;
            using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
            {
                length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            }

            if (OwnerOnlyAccess.Current.FindExposure(path) is { } exposure)
            {
                warn($"warning: {path}: {exposure}");
            }

            return length <= PasswordText.MaxBytes
                ? PasswordText.Parse(buffer.AsSpan(0, length), path)
                : throw new RepositoryException(
                    RepositoryErrorKind.InvalidRequest, $"{path} is longer than {PasswordText.MaxBytes} bytes: that is no password file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest,
                e is FileNotFoundException or DirectoryNotFoundException ? $"{path} does not exist: the password cannot be read."
                    : Directory.Exists(path) ? $"{path} is a folder: the password cannot be read."
                    : $"The password file {path} cannot be read: {e.Message}",
                "Name the right one with --password-file.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>
    /// Makes a file with a random password that only its owner may read. It is whole and on the disk before this returns: a repository whose
    /// password is lost is lost.
    /// </summary>
    /// <exception cref="RepositoryException">AlreadyExists where there is a file; Storage where it cannot be written.</exception>
    public static void CreateRandom(string path)
    {
        if (Path.Exists(path))
        {
            throw new RepositoryException(RepositoryErrorKind.AlreadyExists, $"There is a file already: {path}");
        }

        using Password password = Password.CreateRandom();
        using PasswordFileChange file = PasswordFileChange.Prepare(path, password);
        file.Commit();
    }
}
