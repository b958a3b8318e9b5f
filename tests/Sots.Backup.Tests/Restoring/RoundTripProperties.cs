using CsCheck;
using Sots.Backup.Operations;
using Sots.Backup.Sources;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring;

/// <summary>The law the whole program stands for: the restore of a backup is the source.</summary>
public sealed class RoundTripProperties
{
    private static readonly int[] Lengths = [0, 1, 63, 4096, 70_000, 524_288, 524_289, 1_300_000];

    private static readonly string[] OddNames = ["spa ce", "quote\"back\\slash", "tab\tline\n", "ünïcode", "日本", "🎮", ".hidden", "-rf", "~", "a.uasset"];

    /// <summary>Names of bytes: mostly text, sometimes quotes and controls, sometimes no UTF-8 at all.</summary>
    private static readonly Gen<byte[]> Name = Gen.Frequency(
        (6, Gen.Char['a', 'z'].Array[1, 12].Select(letters => System.Text.Encoding.ASCII.GetBytes(letters))),
        (2, Gen.Int[0, OddNames.Length - 1].Select(index => System.Text.Encoding.UTF8.GetBytes(OddNames[index]))),
        (1, Gen.Byte[1, 255].Array[1, 20].Select(bytes => Array.ConvertAll(bytes, value => value == (byte)'/' ? (byte)'_' : value))));

    private static readonly Gen<DiskTime> Time = Gen.Select(Gen.Long[-2_000_000_000, 4_000_000_000], Gen.Int[0, 999_999_999], (seconds, nanoseconds) => new DiskTime(seconds, nanoseconds));

    private static readonly Gen<Entry> AnyEntry = Gen.Select(
        Gen.Int[0, 9], Name.Array[1, 4], Gen.Int[0, Lengths.Length - 1], Gen.ULong, Gen.UInt[0, 0x1FF], Time, Gen.Bool,
        (kind, path, length, seed, mode, time, zeros) => new Entry(kind, path, Lengths[length], seed, mode, time, zeros));

    [Fact]
    public void Restore_of_a_backup_is_the_source() =>
        AnyEntry.Array[0, 40].Sample(
            entries =>
            {
                using RestoreFixture fixture = new();
                Build(entries).WriteTo(fixture.Source);
                RestoreResult result = fixture.RestoreAsync(fixture.BackUpAsync().GetAwaiter().GetResult()).GetAwaiter().GetResult();
                Assert.Equal(0, result.Problems);
                Assert.Empty(TreeComparison.Differences(fixture.Source, fixture.Target));
            },
            iter: 25,
            threads: 1,
            print: entries => string.Join('\n', entries.Select(entry => entry.ToString())));

    /// <summary>Entries whose path is taken, or leads through something that is no directory, are left out.</summary>
    private static TreeOnDisk Build(Entry[] entries)
    {
        TreeOnDisk tree = new TreeOnDisk().File(".a file that is always there, since an empty snapshot is an error", "");
        HashSet<string> taken = new(StringComparer.Ordinal), directories = new(StringComparer.Ordinal);
        byte[]? lastFile = null;
        foreach (Entry entry in entries)
        {
            byte[] path = Join(entry.Path);
            string key = Convert.ToHexString(path);
            string[] above = [.. Enumerable.Range(1, entry.Path.Length - 1).Select(count => Convert.ToHexString(Join(entry.Path[..count])))];
            if (entry.Path.Any(name => name is [(byte)'.'] or [(byte)'.', (byte)'.']) || !taken.Add(key) || directories.Contains(key)
                || above.Any(part => taken.Contains(part) && !directories.Contains(part)))
            {
                continue;
            }

            // A user who is not privileged cannot read what he has no right to read.
            uint mode = Environment.IsPrivilegedProcess ? entry.Mode : entry.Mode | 0x180;
            directories.UnionWith(above);
            switch (entry.Kind)
            {
                case 0:
                    directories.Add(key);
                    tree.Directory(path, entry.Mode | 0x1C0, entry.Time);
                    break;
                case 1:
                    tree.Symlink(path, entry.Seed % 2 == 0 ? "nowhere/at/all" : ".", entry.Time);
                    break;
                case 2 when lastFile is not null:
                    tree.HardLink(path, lastFile);
                    break;
                case 3 when OperatingSystem.IsLinux():
                    tree.Fifo(path, mode, entry.Time);
                    break;
                default:
                    tree.File(path, entry.Zeros ? new byte[entry.Length] : SplitMix.Bytes(entry.Seed, entry.Length), mode, entry.Time);
                    lastFile = path;
                    break;
            }
        }

        return tree;
    }

    private static byte[] Join(byte[][] path) => [.. path.SelectMany((name, i) => i == 0 ? name : [(byte)'/', .. name])];

    private sealed record Entry(int Kind, byte[][] Path, int Length, ulong Seed, uint Mode, DiskTime Time, bool Zeros)
    {
        public override string ToString() => $"{Kind} {Convert.ToHexString(Join(Path))} {Length} {Seed} {Mode:x} {Time} {Zeros}";
    }
}
