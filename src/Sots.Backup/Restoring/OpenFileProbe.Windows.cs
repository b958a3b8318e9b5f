namespace Sots.Backup.Restoring;

/// <summary>Opens each file for writing without sharing it with anybody: exactly what replacing it needs.</summary>
internal sealed class WindowsOpenFileProbe : OpenFileProbe
{
    private const int SharingViolation = unchecked((int)0x80070020), LockViolation = unchecked((int)0x80070021);

    /// <inheritdoc/>
    public override IReadOnlyList<HeldFile> Find(IReadOnlyCollection<DiskPath> files, CancellationToken cancellationToken)
    {
        List<HeldFile> held = [];
        foreach (DiskPath file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using FileStream opened = new(file.ToString(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException e) when (e.HResult is SharingViolation or LockViolation)
            {
                held.Add(new HeldFile(file, "another program"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Not there, a folder, read-only: whatever it is, nobody holds it.
            }
        }

        return held;
    }
}
