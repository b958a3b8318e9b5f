using System.Globalization;

namespace Sots.Reliability.Load;

/// <summary>
/// Levels of one file an actor: folders of two letters, a few hundred files each, and one folder that has two hundred thousand.
/// Sizes are those of real actors: half below 4.5 KB.
/// </summary>
internal sealed class ActorTree : GeneratedTree
{
    private const int FilesInFolder = 300;
    private const int FoldersInLevel = 256;
    private const int NumberLength = 8;

    /// <summary>Makes the folders.</summary>
    /// <param name="seed">Start of all chance.</param>
    /// <param name="files">Files in all.</param>
    /// <param name="filesInOne">Of these, files in the one large folder.</param>
    public ActorTree(int seed, int files, int filesInOne)
        : base(seed)
    {
        Files = files;
        int next = 0, number = 1;
        GeneratedFolder content = new(number++, 0, 0);
        GeneratedFolder actors = new(number++, 0, 0);
        content.Folders.Add("Flat", new GeneratedFolder(number++, next, filesInOne));
        content.Folders.Add("__ExternalActors__", actors);
        next += filesInOne;
        GeneratedFolder level = actors;
        for (int folder = 0; next < files; folder++)
        {
            if (folder % FoldersInLevel == 0)
            {
                level = new GeneratedFolder(number++, 0, 0);
                actors.Folders.Add(string.Create(CultureInfo.InvariantCulture, $"Level{folder / FoldersInLevel:D3}"), level);
            }

            int count = Math.Min(FilesInFolder, files - next);
            level.Folders.Add(string.Create(CultureInfo.InvariantCulture, $"{folder % FoldersInLevel:X2}"), new GeneratedFolder(number++, next, count));
            next += count;
        }

        Root = new GeneratedFolder(0, 0, 0) { Folders = { ["Content"] = content } };
    }

    /// <inheritdoc/>
    public override GeneratedFolder Root { get; }

    /// <inheritdoc/>
    public override int Files { get; }

    /// <inheritdoc/>
    public override string NameOf(int file) =>
        string.Create(CultureInfo.InvariantCulture, $"{Chance.Of((ulong)file, 3) >> 16:X12}{file:X8}.uasset");

    /// <inheritdoc/>
    public override int Find(GeneratedFolder folder, string name)
    {
        int end = name.Length - ".uasset".Length;
        return end >= NumberLength && int.TryParse(name.AsSpan(end - NumberLength, NumberLength), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int file)
            && file >= folder.First && file < folder.First + folder.Count && name == NameOf(file)
            ? file
            : -1;
    }

    /// <inheritdoc/>
    public override long SizeOf(int file)
    {
        double bell = -2;
        for (ulong i = 0; i < 4; i++)
        {
            bell += Chance.Share((ulong)TwinOf(file), 10 + i);
        }

        return (long)Math.Clamp(4500 * Math.Exp(bell), 800, 60_000);
    }
}
