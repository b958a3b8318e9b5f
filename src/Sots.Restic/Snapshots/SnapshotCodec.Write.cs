using System.Buffers;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Snapshots;

/// <summary>The JSON of a snapshot file, byte for byte as restic writes it. Source: docs/FORMAT.md, "Snapshots".</summary>
public static partial class SnapshotCodec
{
    /// <summary>
    /// Writes the JSON, without a newline. Members that are empty, zero or null are left out, but for the time, the tree and the paths;
    /// unknown ones stand at the end.
    /// </summary>
    /// <exception cref="ArgumentException">A time has no written form.</exception>
    public static byte[] Write(Snapshot snapshot)
    {
        ArrayBufferWriter<byte> json = new(1024);
        JsonOutput output = new(json);
        output.Raw("{\"time\":"u8);
        output.Time(snapshot.Time);
        if (snapshot.Parent is { } parent)
        {
            output.Raw(",\"parent\":"u8);
            output.Id(parent.Value);
        }

        output.Raw(",\"tree\":"u8);
        output.Id(snapshot.Tree.Value);
        output.Raw(",\"paths\":"u8);
        output.Texts(snapshot.Paths);
        Text(ref output, ",\"hostname\":"u8, snapshot.Hostname);
        Text(ref output, ",\"username\":"u8, snapshot.Username);
        Number(ref output, ",\"uid\":"u8, snapshot.UserId);
        Number(ref output, ",\"gid\":"u8, snapshot.GroupId);
        Texts(ref output, ",\"excludes\":"u8, snapshot.Excludes);
        Texts(ref output, ",\"tags\":"u8, snapshot.Tags);
        if (snapshot.Original is { } original)
        {
            output.Raw(",\"original\":"u8);
            output.Id(original.Value);
        }

        Text(ref output, ",\"program_version\":"u8, snapshot.ProgramVersion);
        if (snapshot.Summary is { } summary)
        {
            output.Raw(",\"summary\":"u8);
            Write(ref output, summary);
        }

        output.UnknownMembers(snapshot.UnknownMembers);
        output.Raw("}"u8);
        output.Flush();
        return json.WrittenSpan.ToArray();
    }

    private static void Write(ref JsonOutput output, SnapshotSummary summary)
    {
        output.Raw("{\"backup_start\":"u8);
        output.Time(summary.BackupStart);
        output.Raw(",\"backup_end\":"u8);
        output.Time(summary.BackupEnd);
        output.Raw(",\"files_new\":"u8);
        output.Number(summary.FilesNew);
        output.Raw(",\"files_changed\":"u8);
        output.Number(summary.FilesChanged);
        output.Raw(",\"files_unmodified\":"u8);
        output.Number(summary.FilesUnmodified);
        output.Raw(",\"dirs_new\":"u8);
        output.Number(summary.DirsNew);
        output.Raw(",\"dirs_changed\":"u8);
        output.Number(summary.DirsChanged);
        output.Raw(",\"dirs_unmodified\":"u8);
        output.Number(summary.DirsUnmodified);
        output.Raw(",\"data_blobs\":"u8);
        output.Number(summary.DataBlobs);
        output.Raw(",\"tree_blobs\":"u8);
        output.Number(summary.TreeBlobs);
        output.Raw(",\"data_added\":"u8);
        output.Number(summary.DataAdded);
        output.Raw(",\"data_added_packed\":"u8);
        output.Number(summary.DataAddedPacked);
        output.Raw(",\"total_files_processed\":"u8);
        output.Number(summary.TotalFilesProcessed);
        output.Raw(",\"total_bytes_processed\":"u8);
        output.Number(summary.TotalBytesProcessed);
        output.UnknownMembers(summary.UnknownMembers);
        output.Raw("}"u8);
    }

    private static void Text(ref JsonOutput output, ReadOnlySpan<byte> member, string text)
    {
        if (text.Length > 0)
        {
            output.Raw(member);
            output.Text(text);
        }
    }

    private static void Number(ref JsonOutput output, ReadOnlySpan<byte> member, uint number)
    {
        if (number != 0)
        {
            output.Raw(member);
            output.Number(number);
        }
    }

    private static void Texts(ref JsonOutput output, ReadOnlySpan<byte> member, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
        {
            output.Raw(member);
            output.Texts(texts);
        }
    }
}
