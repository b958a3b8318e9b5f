using System.Runtime.CompilerServices;

namespace Sots.Reliability.Power;

/// <summary>Tells states apart as a reader of a repository does: by folders and files, temporary ones aside, and by what was promised.</summary>
internal sealed class StateKeys
{
    private readonly HashSet<UInt128> _seen = [];
    private readonly ConditionalWeakTable<DiskFile, object> _numbers = [];
    private ulong _lastNumber;

    /// <summary>Whether there was none like it before.</summary>
    /// <param name="image">The disk.</param>
    /// <param name="promise">Number of the promise that has to be kept in it.</param>
    public bool IsNew(DiskImage image, int promise) => _seen.Add(Of(image.Root, Mix64((ulong)promise + 1)));

    private UInt128 Of(DiskFolder folder, ulong above)
    {
        unchecked
        {
            UInt128 sum = Mix(above);
            foreach ((string name, object entry) in folder.Entries)
            {
                if (!name.Contains("-tmp-", StringComparison.Ordinal))
                {
                    ulong here = (above * 31) + (ulong)(uint)name.GetHashCode(StringComparison.Ordinal) + ((ulong)name.Length << 40);
                    sum += entry is DiskFolder below ? Of(below, Mix64(here)) : Mix(here ^ Mix64(NumberOf((DiskFile)entry)));
                }
            }

            return sum;
        }
    }

    private ulong NumberOf(DiskFile file) => (ulong)_numbers.GetValue(file, _ => ++_lastNumber);

    private static UInt128 Mix(ulong value) => new(Mix64(value), Mix64(value ^ 0xD1B54A32D192ED03));

    private static ulong Mix64(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
