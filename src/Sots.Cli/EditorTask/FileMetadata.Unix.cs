namespace Sots.Cli.EditorTask;

/// <summary>The mode.</summary>
internal sealed class UnixFileMetadata : FileMetadata
{
    /// <inheritdoc/>
    public override void Copy(string from, string to)
    {
#pragma warning disable CA1416 // Chosen once, in FileMetadata, for every system but Windows.
        if (File.Exists(from))
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }
#pragma warning restore CA1416
    }
}
