namespace Sots.Reliability.Power;

/// <summary>A disk of which some entries are safe and others are not yet.</summary>
/// <param name="safe">What is safe; changed from here.</param>
internal sealed class UnsafeEntries(DiskImage safe)
{
    private readonly List<DiskStep> _open = [];

    /// <summary>Folders whose own entry is not safe yet, while what is in them may be.</summary>
    private readonly Dictionary<string, DiskFolder> _detached = new(StringComparer.Ordinal);

    /// <summary>Number of steps that are not safe.</summary>
    public int Count => _open.Count;

    /// <summary>One of them.</summary>
    public DiskStep this[int index] => _open[index];

    /// <summary>A step is made and is not safe.</summary>
    public void Add(DiskStep step)
    {
        _open.Add(step);
        if (step.Kind == DiskStepKind.MakeFolder)
        {
            _detached[$"{step.Folder}/{step.Name}"] = new DiskFolder();
        }
    }

    /// <summary>Some steps become safe, in their order.</summary>
    public void Settle(Predicate<DiskStep> which)
    {
        foreach (DiskStep step in _open.FindAll(which))
        {
            string path = $"{step.Folder}/{step.Name}";
            Apply(Find(safe, _detached, step.Folder)!, step, step.Kind == DiskStepKind.MakeFolder ? _detached[path] : null);
            _detached.Remove(path);
        }

        _open.RemoveAll(which);
    }

    /// <summary>The disk on which some of the unsafe steps arrived.</summary>
    /// <param name="kept">Which.</param>
    /// <param name="contentOf">What is left of a file.</param>
    public DiskImage With(bool[] kept, Func<DiskFile, DiskFile> contentOf)
    {
        DiskImage image = safe.Clone();
        Dictionary<string, DiskFolder> detached = _detached.ToDictionary(static entry => entry.Key, static entry => entry.Value.Clone(), StringComparer.Ordinal);
        for (int i = 0; i < kept.Length; i++)
        {
            DiskStep step = _open[i];
            if (kept[i] && Find(image, detached, step.Folder) is { } folder)
            {
                Apply(folder, step, step.Kind == DiskStepKind.MakeFolder ? detached[$"{step.Folder}/{step.Name}"] : null);
            }
        }

        Replace(image.Root, contentOf);
        return image;
    }

    /// <summary>An entry is what it is set to, whichever steps before it arrived.</summary>
    private static void Apply(DiskFolder folder, DiskStep step, DiskFolder? made)
    {
        switch (step.Kind)
        {
            case DiskStepKind.MakeFolder:
                folder.Entries[step.Name] = made!;
                break;
            case DiskStepKind.Create or DiskStepKind.Link:
                folder.Entries[step.Name] = step.File!;
                break;
            case DiskStepKind.Rename:
                folder.Entries.Remove(step.Name);
                folder.Entries[step.NewName] = step.File!;
                break;
            case DiskStepKind.Remove:
                folder.Entries.Remove(step.Name);
                break;
        }
    }

    private static DiskFolder? Find(DiskImage image, Dictionary<string, DiskFolder> detached, string path)
    {
        for (int end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (detached.TryGetValue(path[..end], out DiskFolder? top))
            {
                return Below(top, path.AsSpan(end));
            }
        }

        return image.FindFolder(path);
    }

    private static DiskFolder? Below(DiskFolder folder, ReadOnlySpan<char> path)
    {
        DiskFolder? at = folder;
        foreach (Range part in path.Split('/'))
        {
            if (!path[part].IsEmpty)
            {
                at = at!.Entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path[part], out object? next) ? next as DiskFolder : null;
                if (at is null)
                {
                    return null;
                }
            }
        }

        return at;
    }

    private static void Replace(DiskFolder folder, Func<DiskFile, DiskFile> contentOf)
    {
        foreach ((string name, object entry) in folder.Entries)
        {
            if (entry is DiskFolder below)
            {
                Replace(below, contentOf);
            }
            else if (contentOf((DiskFile)entry) is { } left && left != entry)
            {
                folder.Entries[name] = left;
            }
        }
    }
}
