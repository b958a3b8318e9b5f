using System.Text.Json;
using Sots.Restic.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Restic.Snapshots;

/// <content>Reading.</content>
public static partial class SnapshotCodec
{
    /// <summary>A longer plaintext is not a snapshot: 16 MiB.</summary>
    public const int MaxLength = Limits.SnapshotLength;

    /// <summary>What helps where a file is no snapshot, or none that is taken.</summary>
    private const string OthersAreWell = "Other snapshots are not affected. If the file cannot be put back from a copy, remove it.";

    private static readonly byte[][] Members =
    [
        [.. "time"u8], [.. "parent"u8], [.. "tree"u8], [.. "paths"u8], [.. "hostname"u8], [.. "username"u8], [.. "uid"u8],
        [.. "gid"u8], [.. "excludes"u8], [.. "tags"u8], [.. "original"u8], [.. "program_version"u8], [.. "summary"u8],
    ];

    private static readonly byte[][] SummaryMembers =
    [
        [.. "backup_start"u8], [.. "backup_end"u8], [.. "files_new"u8], [.. "files_changed"u8], [.. "files_unmodified"u8],
        [.. "dirs_new"u8], [.. "dirs_changed"u8], [.. "dirs_unmodified"u8], [.. "data_blobs"u8], [.. "tree_blobs"u8],
        [.. "data_added"u8], [.. "data_added_packed"u8], [.. "total_files_processed"u8], [.. "total_bytes_processed"u8],
    ];

    /// <summary>
    /// Reads a snapshot: an object with a time and a tree. Other members may be missing, null or unknown; none may stand there twice.
    /// </summary>
    /// <param name="json">The decoded content of the file.</param>
    /// <param name="fileName">For messages: the file's name.</param>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.Damaged"/>: it is not a snapshot;
    /// <see cref="RepositoryErrorKind.LimitExceeded"/>: it is longer than <see cref="MaxLength"/>, or has more in it than <see cref="Limits"/> allow.
    /// </exception>
    public static Snapshot Read(ReadOnlySpan<byte> json, string fileName)
    {
        if (json.Length > MaxLength)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded,
                $"{fileName} is not a snapshot: it has {json.Length} bytes, at most {MaxLength} were expected", OthersAreWell);
        }

        try
        {
            return Parse(json, fileName);
        }
        catch (JsonException e)
        {
            throw new RepositoryException(
                RepositoryErrorKind.Damaged,
                $"{fileName} is not a snapshot: {e.Message}",
                OthersAreWell,
                e);
        }
    }

    private static Snapshot Parse(ReadOnlySpan<byte> json, string fileName)
    {
        int textsLeft = Limits.SnapshotTexts;
        NodeTime time = default;
        ContentId tree = default;
        SnapshotId? parent = null, original = null;
        List<string>? paths = null;
        List<string> excludes = [], tags = [];
        string hostname = "", username = "", programVersion = "";
        uint userId = 0, groupId = 0;
        SnapshotSummary? summary = null;
        List<KeyValuePair<string, byte[]>> unknown = [];

        Utf8JsonReader reader = StrictJson.Open(json);
        StrictJson.Next(ref reader);
        ObjectMembers members = new(ref reader, Members);
        while (members.Next(ref reader))
        {
            if (reader.TokenType == JsonTokenType.Null && members.Current is not (-1 or 0 or 2))
            {
                continue;
            }

            switch (members.Current)
            {
                case 0: time = StrictJson.Time(ref reader); break;
                case 1: parent = new SnapshotId(StrictJson.Id(ref reader)); break;
                case 2: tree = StrictJson.Id(ref reader); break;
                case 3: paths = Texts(ref reader, ref textsLeft, fileName); break;
                case 4: hostname = StrictJson.Text(ref reader); break;
                case 5: username = StrictJson.Text(ref reader); break;
                case 6: userId = StrictJson.UInt32(ref reader); break;
                case 7: groupId = StrictJson.UInt32(ref reader); break;
                case 8: excludes = Texts(ref reader, ref textsLeft, fileName); break;
                case 9: tags = Texts(ref reader, ref textsLeft, fileName); break;
                case 10: original = new SnapshotId(StrictJson.Id(ref reader)); break;
                case 11: programVersion = StrictJson.Text(ref reader); break;
                case 12: summary = ParseSummary(ref reader, json, fileName); break;
                default: AddUnknown(unknown, members.UnknownName!, StrictJson.RawValue(ref reader, json), fileName); break;
            }
        }

        StrictJson.End(ref reader);
        members.Require(0, 2);
        return new Snapshot
        {
            Time = time,
            Parent = parent,
            Tree = new TreeId(tree),
            Paths = paths,
            Hostname = hostname,
            Username = username,
            UserId = userId,
            GroupId = groupId,
            Excludes = excludes,
            Tags = tags,
            Original = original,
            ProgramVersion = programVersion,
            Summary = summary,
            UnknownMembers = unknown,
        };
    }

    /// <summary>A list; those of a snapshot have a limit together.</summary>
    private static List<string> Texts(ref Utf8JsonReader reader, ref int left, string fileName)
    {
        List<string> texts = StrictJson.Texts(ref reader, left) ?? throw new RepositoryException(
            RepositoryErrorKind.LimitExceeded, $"{fileName} has more than {Limits.SnapshotTexts} paths, excludes and tags", OthersAreWell);
        left -= texts.Count;
        return texts;
    }

    private static void AddUnknown(List<KeyValuePair<string, byte[]>> unknown, string name, ReadOnlySpan<byte> value, string fileName)
    {
        if (unknown.Count == Limits.SnapshotUnknownMembers)
        {
            throw new RepositoryException(RepositoryErrorKind.LimitExceeded, $"{fileName} has more than {unknown.Count} members that are not known", OthersAreWell);
        }

        unknown.Add(new(name, value.ToArray()));
    }

    private static SnapshotSummary ParseSummary(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string fileName)
    {
        NodeTime start = NodeTime.None, end = NodeTime.None;
        Span<ulong> counts = stackalloc ulong[12];
        List<KeyValuePair<string, byte[]>> unknown = [];

        ObjectMembers members = new(ref reader, SummaryMembers);
        while (members.Next(ref reader))
        {
            if (reader.TokenType == JsonTokenType.Null && members.Current >= 0)
            {
                continue;
            }

            switch (members.Current)
            {
                case 0: start = StrictJson.Time(ref reader); break;
                case 1: end = StrictJson.Time(ref reader); break;
                case 8 or 9: counts[members.Current - 2] = (ulong)StrictJson.Int64(ref reader); break;
                case > 1: counts[members.Current - 2] = StrictJson.UInt64(ref reader); break;
                default: AddUnknown(unknown, members.UnknownName!, StrictJson.RawValue(ref reader, json), fileName); break;
            }
        }

        return new SnapshotSummary
        {
            BackupStart = start,
            BackupEnd = end,
            FilesNew = counts[0],
            FilesChanged = counts[1],
            FilesUnmodified = counts[2],
            DirsNew = counts[3],
            DirsChanged = counts[4],
            DirsUnmodified = counts[5],
            DataBlobs = (long)counts[6],
            TreeBlobs = (long)counts[7],
            DataAdded = counts[8],
            DataAddedPacked = counts[9],
            TotalFilesProcessed = counts[10],
            TotalBytesProcessed = counts[11],
            UnknownMembers = unknown,
        };
    }
}
