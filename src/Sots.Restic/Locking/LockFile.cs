using System.Buffers;
using System.Text.Json;
using Sots.Restic.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Restic.Locking;

/// <summary>The content of a lock file: who holds the lock, since when, and how. Source: docs/FORMAT.md, "Locks".</summary>
/// <param name="Time">When the lock was taken or last refreshed.</param>
/// <param name="Exclusive">True if nobody else may hold any lock.</param>
/// <param name="Hostname">Host of the process that holds it.</param>
/// <param name="Username">User of that process, empty where unknown.</param>
/// <param name="Pid">Its process id, 1 or more.</param>
/// <param name="UserId">Its numeric user; 0 is not written.</param>
/// <param name="GroupId">Its numeric group; 0 is not written.</param>
/// <param name="Machine">See <see cref="ProcessIdentity.Machine"/>; null where its holder does not say, as restic. Empty is not written.</param>
public sealed record LockFile(
    NodeTime Time, bool Exclusive, string Hostname, string Username, int Pid, uint UserId, uint GroupId, string? Machine = null)
{
    /// <summary>A longer plaintext is not a lock: 64 KiB.</summary>
    public const int MaxLength = Limits.SmallFileLength;

    private static readonly byte[][] Members =
    [
        [.. "time"u8], [.. "exclusive"u8], [.. "hostname"u8], [.. "username"u8], [.. "pid"u8], [.. "uid"u8], [.. "gid"u8], [.. "machine"u8],
    ];

    /// <summary>The JSON, without a newline.</summary>
    /// <exception cref="ArgumentException"><see cref="Time"/> has no written form.</exception>
    public byte[] Write()
    {
        ArrayBufferWriter<byte> json = new(256);
        JsonOutput output = new(json);
        output.Raw("{\"time\":"u8);
        output.Time(Time);
        output.Raw(",\"exclusive\":"u8);
        output.Raw(Exclusive ? "true"u8 : "false"u8);
        output.Raw(",\"hostname\":"u8);
        output.Text(Hostname);
        output.Raw(",\"username\":"u8);
        output.Text(Username);
        output.Raw(",\"pid\":"u8);
        output.Number((long)Pid);
        if (UserId != 0)
        {
            output.Raw(",\"uid\":"u8);
            output.Number(UserId);
        }

        if (GroupId != 0)
        {
            output.Raw(",\"gid\":"u8);
            output.Number(GroupId);
        }

        if (!string.IsNullOrEmpty(Machine))
        {
            output.Raw(",\"machine\":"u8);
            output.Text(Machine);
        }

        output.Raw("}"u8);
        output.Flush();
        return json.WrittenSpan.ToArray();
    }

    /// <summary>Reads a lock. Unknown members are ignored.</summary>
    /// <param name="json">The decoded content of the file.</param>
    /// <param name="fileName">For messages: the file's name.</param>
    /// <exception cref="RepositoryException"><see cref="RepositoryErrorKind.Damaged"/>: it is anything but a lock.</exception>
    public static LockFile Read(ReadOnlySpan<byte> json, string fileName)
    {
        if (json.Length > MaxLength)
        {
            throw NotALock(fileName, $"it has {json.Length} bytes, at most {MaxLength} were expected");
        }

        try
        {
            return Read(json);
        }
        catch (JsonException e)
        {
            throw NotALock(fileName, e.Message, e);
        }
    }

    private static LockFile Read(ReadOnlySpan<byte> json)
    {
        NodeTime time = default;
        bool exclusive = false;
        string hostname = "", username = "";
        int pid = 0;
        uint userId = 0, groupId = 0;
        string? machine = null;

        Utf8JsonReader reader = StrictJson.Open(json);
        StrictJson.Next(ref reader);
        ObjectMembers members = new(ref reader, Members);
        while (members.Next(ref reader))
        {
            switch (members.Current)
            {
                case 0: time = StrictJson.Time(ref reader); break;
                case 1: exclusive = StrictJson.Boolean(ref reader); break;
                case 2: hostname = StrictJson.Text(ref reader); break;
                case 3: username = StrictJson.Text(ref reader); break;
                case 4: pid = StrictJson.Int32(ref reader); break;
                case 5: userId = StrictJson.UInt32(ref reader); break;
                case 6: groupId = StrictJson.UInt32(ref reader); break;
                case 7: machine = StrictJson.Text(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        StrictJson.End(ref reader);
        members.Require(0, 1, 2, 4);

        // Whether the holder lives is found out by its process id; 0 and less name groups of processes.
        return pid > 0
            ? new LockFile(time, exclusive, hostname, username, pid, userId, groupId, machine)
            : throw new JsonException("its process id is 0");
    }

    private static RepositoryException NotALock(string fileName, string why, Exception? cause = null) => new(
        RepositoryErrorKind.Damaged,
        $"{fileName} is not a lock: {why}",
        "If no other program is using the repository, remove that file.",
        cause);
}
