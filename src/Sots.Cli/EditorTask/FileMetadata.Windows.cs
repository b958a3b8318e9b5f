namespace Sots.Cli.EditorTask;

/// <summary>The attributes. Rights come from the folder, as for every file that an editor saves.</summary>
internal sealed class WindowsFileMetadata : FileMetadata
{
    /// <inheritdoc/>
    public override void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            File.SetAttributes(to, File.GetAttributes(from) & (FileAttributes.Hidden | FileAttributes.System | FileAttributes.Archive));
        }
    }
}
