using System.Globalization;
using System.Text;
using Sots.Cli.Output;
using Sots.Unreal;

namespace Sots.Cli.Setup;

/// <summary>A survey of a project for people.</summary>
internal static class SurveyText
{
    /// <summary>What would be saved and left out, the largest first, each with its reason.</summary>
    public static string Of(ProjectSurvey survey)
    {
        StringBuilder text = new();
        Append(text, "would be saved", survey.Saved, survey.SavedFiles, survey.SavedBytes);
        Append(text.Append('\n'), "would be left out", survey.LeftOut, survey.LeftOutFiles, survey.LeftOutBytes);
        if (survey.Unreadable > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{survey.Unreadable} files or folders could not be looked at; a backup will name them.\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Whether there is room for the first backup, in a sentence.</summary>
    /// <param name="neededBytes">What would be saved.</param>
    /// <param name="freeBytes">Free space there, or null where it is not known.</param>
    /// <param name="enough">False where it is not enough.</param>
    public static string OfSpace(long neededBytes, long? freeBytes, out bool enough)
    {
        enough = freeBytes is not { } free || free >= neededBytes;
        return freeBytes is null ? $"The first backup takes at most {Sizes.Format(neededBytes)}; how much is free there is not known."
            : enough ? $"The first backup takes at most {Sizes.Format(neededBytes)}, {Sizes.Format(freeBytes.Value)} are free there: enough."
            : $"The first backup takes up to {Sizes.Format(neededBytes)}, but only {Sizes.Format(freeBytes.Value)} are free there: that may not be enough. Compression saves some of it; a larger drive is safer (--backup-root).";
    }

    private static void Append(StringBuilder text, string title, IReadOnlyList<SurveyLine> lines, long files, long bytes)
    {
        text.Append(CultureInfo.InvariantCulture, $"{Sizes.Format(bytes)} in {files} {(files == 1 ? "file" : "files")} {title}\n");
        int names = lines.Select(static line => PrintableText.Escape(line.Name).Length).DefaultIfEmpty(0).Max();
        foreach (SurveyLine line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Sizes.Format(line.Bytes),12}  {line.Files,9} {(line.Files == 1 ? "file " : "files")}  {PrintableText.Escape(line.Name).PadRight(names)}  {line.Reason}\n");
        }
    }
}
