using System.Globalization;
using Sots.Backup;
using Sots.Backup.Restoring;
using Sots.Cli.Output;

namespace Sots.Cli;

/// <summary>
/// Links in a project that lead to folders outside it. A link is saved as a link: what it leads to belongs to the project for the editor,
/// and is in no backup.
/// </summary>
/// <param name="root">Folder of the project.</param>
internal sealed class OutsideLinks(string root)
{
    private const int Shown = 3;

    private readonly string _real = RealPath.Of(DiskPath.FromText(root)).ToString();
    private readonly Lock _gate = new();
    private readonly List<string> _shown = [];
    private long _count;

    /// <summary>A link that is saved.</summary>
    public void Add(DiskPath link)
    {
        string target = RealPath.Of(link).ToString();
        if (RepositorySetup.IsAtOrBelow(target, _real) || !Directory.Exists(target))
        {
            return;
        }

        lock (_gate)
        {
            _count++;
            if (_shown.Count < Shown)
            {
                string name = Path.GetRelativePath(root, link.ToString()).Replace(Path.DirectorySeparatorChar, '/');
                _shown.Add($"{PrintableText.Escape(name)} to {PrintableText.Escape(target)}");
            }
        }
    }

    /// <summary>Says so in a line; null where there are none.</summary>
    public string? ToText()
    {
        lock (_gate)
        {
            string more = _count > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {_count - Shown:N0} more") : "";
            return _count == 0 ? null : $"links out of the project: {string.Join(", ", _shown)}{more}; they are saved as links, and what they lead to is not saved";
        }
    }
}
