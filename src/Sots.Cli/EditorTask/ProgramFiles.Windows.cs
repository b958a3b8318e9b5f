namespace Sots.Cli.EditorTask;

/// <summary>Programs end in <c>.exe</c>. Scripts would need a shell, which takes arguments apart in ways of its own.</summary>
internal sealed class WindowsProgramFiles : ProgramFiles
{
    /// <inheritdoc/>
    public override string? Find(string folder, string name)
    {
        string path = Path.Combine(folder, name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name : name + ".exe");
        return File.Exists(path) ? path : null;
    }
}
