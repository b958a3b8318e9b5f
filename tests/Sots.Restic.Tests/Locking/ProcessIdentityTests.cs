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
        LockFile holder = new(default, true, ProcessIdentity.Current.Hostname, "somebody", child.Id, 0, 0, ProcessIdentity.Current.Machine);
        Assert.False(ProcessIdentity.Current.LooksDead(holder));
        child.StandardInput.Close();
        child.WaitForExit();
        Assert.True(ProcessIdentity.Current.LooksDead(holder));
        Assert.Equal(ProcessIdentity.Current.Machine is not null, ProcessIdentity.Current.IsProvablyDead(holder, TimeSpan.Zero));
    }

    [Fact]
    public void A_machine_is_called_by_a_hash_that_does_not_tell_its_id()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "where it comes from is another place on each system");
        Assert.Matches("^[0-9a-f]{16}$", ProcessIdentity.Current.Machine);
        Assert.NotEqual(ProcessIdentity.HashOf("a"), ProcessIdentity.HashOf("b"));
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
