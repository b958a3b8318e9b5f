namespace Sots.Backup.Sources;

/// <summary>Brings the text of a pattern into its shortest form, the way Go's path cleaning does: that is what restic compares with.</summary>
internal static class PatternPath
{
    /// <summary>
    /// Removes empty and "." components, resolves ".." against what stands before it, and separates with "/".
    /// "" becomes ".", and a drive alone "C:." (that drive's current folder, which matches nothing).
    /// </summary>
    internal static string Clean(string text, PathStyle style)
    {
        string volume = "";
        if (style.HasDriveLetters)
        {
            text = text.Replace('\\', '/');
            text = text.StartsWith("//?/UNC/", StringComparison.Ordinal) ? "//" + text["//?/UNC/".Length..]
                : text.StartsWith("//?/", StringComparison.Ordinal) ? text["//?/".Length..]
                : text;
            volume = text[..VolumeLength(text)];
            text = text[volume.Length..];
        }

        bool rooted = text.StartsWith('/');
        List<string> kept = [];
        foreach (string component in text.Split('/'))
        {
            if (component is "" or ".")
            {
                continue;
            }

            if (component != "..")
            {
                kept.Add(component);
            }
            else if (kept.Count > 0 && kept[^1] != "..")
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (!rooted)
            {
                kept.Add(component);
            }
        }

        string path = (rooted ? "/" : "") + string.Join('/', kept);
        return path.Length > 0 ? volume + path
            : volume.StartsWith("//", StringComparison.Ordinal) ? volume
            : volume + ".";
    }

    /// <summary>Length of "C:" or "//server/share" at the start, with "/" as separator; 0 where there is neither.</summary>
    private static int VolumeLength(string text)
    {
        if (text.Length >= 2 && text[1] == ':' && char.IsAsciiLetter(text[0]))
        {
            return 2;
        }

        if (!text.StartsWith("//", StringComparison.Ordinal) || text.Length < 3 || text[2] == '/')
        {
            return 0;
        }

        int server = text.IndexOf('/', 2);
        if (server < 0 || server + 1 == text.Length || text[server + 1] == '/')
        {
            return 0;
        }

        int share = text.IndexOf('/', server + 1);
        return share < 0 ? text.Length : share;
    }
}
