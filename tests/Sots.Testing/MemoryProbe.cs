using System.Globalization;
using System.Reflection;

namespace Sots.Testing;

/// <summary>
/// What something holds in memory, asked of a process in which there was nothing before: where tests ran, their leftovers may go at any
/// moment. That process is the test program again.
/// </summary>
public static class MemoryProbe
{
    private const string NameVariable = "SOTS_MEMORY_PROBE", ResultVariable = "SOTS_MEMORY_PROBE_RESULT";

    /// <summary>For a module initializer: where this process was started to measure this, it does, and ends. Else nothing happens.</summary>
    /// <param name="name">What is asked for.</param>
    /// <param name="prepare">Makes a small one, so that what is made once only is there.</param>
    /// <param name="make">Makes what is to be measured.</param>
    public static void Answer(string name, Action prepare, Func<object> make)
    {
        if (Environment.GetEnvironmentVariable(NameVariable) != name)
        {
            return;
        }

        prepare();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        object made = make();
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(made);
        File.WriteAllText(Environment.GetEnvironmentVariable(ResultVariable)!, held.ToString(CultureInfo.InvariantCulture));
        Environment.Exit(0);
    }

    /// <summary>Bytes that are held.</summary>
    /// <param name="name">As the initializer knows it.</param>
    /// <param name="program">The test program.</param>
    /// <exception cref="InvalidOperationException">The process gave no answer; with what it said.</exception>
    public static async Task<long> RunAsync(string name, Assembly program)
    {
        using TempFolder folder = new();
        return long.Parse(
            await ProgramAgain.AskAsync(program, folder["held"], [(NameVariable, name), (ResultVariable, folder["held"])]), CultureInfo.InvariantCulture);
    }
}
