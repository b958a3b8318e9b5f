using System.Collections.Concurrent;
using System.Text;
using Sots.Backup.Native;

namespace Sots.Backup.Sources;

/// <summary>Names of users and groups from the name service, each asked once. Empty where there is none. Thread safe.</summary>
internal static unsafe class AccountNames
{
    private const int MaxRecord = 1 << 20;
    private static readonly ConcurrentDictionary<uint, string> Users = new();
    private static readonly ConcurrentDictionary<uint, string> Groups = new();

    private delegate int Lookup(AccountRecord* record, byte* buffer, nuint length, AccountRecord** result);

    /// <summary>Name of a user.</summary>
    public static string UserOf(uint id) => Users.GetOrAdd(id, static id =>
        Ask((record, buffer, length, result) => Libc.FindUser(id, record, buffer, length, result))?.Name ?? "");

    /// <summary>Name of a group.</summary>
    public static string GroupOf(uint id) => Groups.GetOrAdd(id, static id =>
        Ask((record, buffer, length, result) => Libc.FindGroup(id, record, buffer, length, result))?.Name ?? "");

    /// <summary>Number of a user, or null.</summary>
    public static uint? FindUser(string name)
    {
        byte[] terminated = Libc.Terminated(Encoding.UTF8.GetBytes(name));
        fixed (byte* text = terminated)
        {
            byte* pinned = text;
            return Ask((record, buffer, length, result) => Libc.FindUserByName(pinned, record, buffer, length, result))?.Id;
        }
    }

    /// <summary>Number of a group, or null.</summary>
    public static uint? FindGroup(string name)
    {
        byte[] terminated = Libc.Terminated(Encoding.UTF8.GetBytes(name));
        fixed (byte* text = terminated)
        {
            byte* pinned = text;
            return Ask((record, buffer, length, result) => Libc.FindGroupByName(pinned, record, buffer, length, result))?.Id;
        }
    }

    private static (string Name, uint Id)? Ask(Lookup lookup)
    {
        for (int length = 1024; length <= MaxRecord; length *= 4)
        {
            byte[] room = new byte[length];
            AccountRecord record;
            AccountRecord* result = null;
            fixed (byte* buffer = room)
            {
                int error;
                do
                {
                    error = lookup(&record, buffer, (nuint)length, &result);
                }
                while (error == Errno.Interrupted);

                if (error == 0)
                {
                    return result is null
                        ? null
                        : (Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result->Name)), result->Id);
                }

                if (error != Errno.OutOfRange)
                {
                    return null;
                }
            }
        }

        return null;
    }
}
