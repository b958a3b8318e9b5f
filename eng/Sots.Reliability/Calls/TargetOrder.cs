using Sots.Testing;

namespace Sots.Reliability.Calls;

/// <summary>
/// The order in which a restore in place changes the project: what takes a file's name was flushed before, and when the restore is over so
/// was every folder in which a file was replaced.
/// </summary>
internal static class TargetOrder
{
    /// <summary>Looks at what a run did.</summary>
    /// <returns>How many files were given their name.</returns>
    /// <exception cref="BrokenPromiseException">Something was not flushed in time.</exception>
    public static int Holds(FaultGate gate)
    {
        int renamed = 0, flushed = 0;
        HashSet<string> folders = new(StringComparer.Ordinal);
        foreach (OutsideCall call in gate.CallsAt(Seam.Target))
        {
            switch (call.Operation)
            {
                case "flush":
                    flushed++;
                    break;
                case "rename":
                    renamed++;
                    folders.Add(Path.GetDirectoryName(call.Subject)!);
                    if (flushed < renamed)
                    {
                        throw new BrokenPromiseException($"{call.Subject} got its name before it was flushed");
                    }

                    break;
                case "flush folder":
                    folders.Remove(call.Subject);
                    break;
                case "flush all":
                    folders.Clear();
                    break;
            }
        }

        return folders.Count == 0 ? renamed : throw new BrokenPromiseException($"files were replaced in {folders.First()}, and the folder was not flushed");
    }
}
