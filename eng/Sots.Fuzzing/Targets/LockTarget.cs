using Sots.Restic;
using Sots.Restic.Locking;

namespace Sots.Fuzzing.Targets;

/// <summary>Locks.</summary>
internal sealed class LockTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "lock";

    /// <inheritdoc/>
    public override string About => "locks: the same after writing and reading; never a process id below 1";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        new LockFile(Samples.Time, true, "host", @"DOMAIN\user", 4711, 1000, 100).Write(),
        """ {"pid":1,"x":{},"exclusive":false,"hostname":"h","time":"2024-02-29T23:59:59Z"} """u8.ToArray(),
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("time", "exclusive", "hostname", "username", "pid", "uid", "gid", "true", "false", "2147483647");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        LockFile read;
        try
        {
            read = LockFile.Read(input, "lock");
        }
        catch (RepositoryException)
        {
            return false;
        }

        Law.Holds(read.Pid > 0, "a lock names one process");
        Law.Holds(LockFile.Read(read.Write(), "lock") == read, "a lock is the same after writing and reading");
        return true;
    }
}
