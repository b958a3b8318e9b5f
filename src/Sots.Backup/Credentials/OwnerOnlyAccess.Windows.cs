using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace Sots.Backup.Credentials;

/// <summary>
/// An access list with one entry, for the current user, that inherits nothing. On volumes without access lists (FAT) the system
/// ignores it. Reading is not judged: inherited entries for administrators are the rule there and harmless.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsOwnerOnlyAccess : OwnerOnlyAccess
{
    /// <inheritdoc/>
    public override FileStream CreateNew(string path)
    {
        using WindowsIdentity identity = WindowsIdentity.GetCurrent();
        FileSecurity security = new();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        if (identity.User is { } user)
        {
            security.AddAccessRule(new FileSystemAccessRule(user, FileSystemRights.FullControl, AccessControlType.Allow));
        }

        return new FileInfo(path).Create(
            FileMode.CreateNew, FileSystemRights.FullControl, FileShare.None, bufferSize: 1, FileOptions.None, identity.User is null ? null : security);
    }

    /// <inheritdoc/>
    /// <remarks>Rights come from the folder above: a drive for backups is often shared on purpose.</remarks>
    public override void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public override string? FindExposure(string path) => null;
}
