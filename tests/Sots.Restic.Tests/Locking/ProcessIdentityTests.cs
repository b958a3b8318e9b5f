using System.Diagnostics;
using Sots.Restic.Backends;
using Sots.Restic.Locking;

namespace Sots.Restic.Tests.Locking;

public class ProcessIdentityTests
{
    [Fact]
    public void We_are_this_process_on_this_machine()
    {
        ProcessIdentity ours = ProcessIdentity.Current;
        Assert.Equal(Environment.ProcessId, ours.Pid);
        Assert.Contains(Environment.UserName, ours.Username, StringComparison.Ordinal);
        Assert.StartsWith(Environment.MachineName, ours.Hostname, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\0', ours.Hostname);
    }

    [Fact]
    public void A_process_is_dead_when_it_has_ended_and_not_before()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the child is a Unix program");
        using Process child = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        LockFile holder = new(default, true, ProcessIdentity.Current.Hostname, "somebody", child.Id, 0, 0);
        Assert.False(ProcessIdentity.Current.IsProvablyDead(holder));
        child.StandardInput.Close();
        child.WaitForExit();
        Assert.True(ProcessIdentity.Current.IsProvablyDead(holder));
    }

    [Fact]
    public void Once_guarded_a_hangup_does_not_end_us()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no such signal on Windows");
        HangupGuard.Install();
        Assert.True(HangupGuard.IsInstalled);
        if (!OperatingSystem.IsWindows())
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(0, Posix.Kill(Environment.ProcessId, 1));
            }
        }
    }
}
