namespace Sots.Unreal;

/// <summary>A program that runs.</summary>
/// <param name="Id">Number of the process.</param>
/// <param name="Name">Name of the program; Linux cuts it after 15 characters.</param>
/// <param name="Arguments">Its command line, as far as the system tells.</param>
/// <param name="OpenPaths">Its folder and its open files, as far as the system tells.</param>
public sealed record RunningProcess(int Id, string Name, IReadOnlyList<string> Arguments, IReadOnlyList<string> OpenPaths);

/// <summary>The programs that run.</summary>
public abstract class ProcessTable
{
    /// <summary>The one of this system.</summary>
    public static ProcessTable Current { get; } = OperatingSystem.IsLinux() ? new LinuxProcessTable() : new PortableProcessTable();

    /// <summary>The processes whose name is wanted. Those that end meanwhile, or may not be looked at, are left out.</summary>
    public abstract IReadOnlyList<RunningProcess> Find(Func<string, bool> isWanted);

    /// <summary>Names alone: Windows and macOS tell no more of other processes without tricks.</summary>
    private sealed class PortableProcessTable : ProcessTable
    {
        public override IReadOnlyList<RunningProcess> Find(Func<string, bool> isWanted)
        {
            List<RunningProcess> found = [];
            foreach (System.Diagnostics.Process process in System.Diagnostics.Process.GetProcesses())
            {
                using (process)
                {
                    try
                    {
                        if (isWanted(process.ProcessName))
                        {
                            found.Add(new RunningProcess(process.Id, process.ProcessName, [], []));
                        }
                    }
                    catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
                    {
                        // Ended meanwhile.
                    }
                }
            }

            return found;
        }
    }
}
