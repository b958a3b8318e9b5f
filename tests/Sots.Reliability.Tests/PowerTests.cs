using Sots.Reliability.Power;
using Sots.Testing;

namespace Sots.Reliability.Tests;

/// <summary>A smaller run of the programme in which the power goes, and the model of a disk that it stands on.</summary>
public sealed class PowerTests
{
    [Fact]
    public async Task Whenever_the_power_goes_what_was_saved_is_there_and_no_flush_can_be_left_out()
    {
        using TempFolder folder = new();
        TrialResult result = new();
        await new PowerTrial().RunAsync(new TrialSettings { Work = folder["work"], Scale = 0.005, Seed = Random.Shared.Next(1, 20_000) }, result, TestContext.Current.CancellationToken);
        Assert.True(result["states by the rules of POSIX"] > 0 && result["flushes left out"] > 10, result.ToString());
    }

    [Fact]
    public void A_rename_whose_bytes_were_not_flushed_may_be_found_empty_torn_or_not_at_all()
    {
        DiskHistory history = new(new DiskImage(), new());
        SimulatedDisk disk = new(history.Start.Clone(), history);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = disk.CreateNew("/a-tmp-1", 4);
        disk.Write(file, "abcd"u8, 0);
        disk.Rename("/a-tmp-1", "/a");
        disk.FlushFolder("/");
        string[] found = [.. new PowerLosses(history, FileSystemRules.Posix, new Random(1), 5).States()
            .Select(state => state.Image.Find("/a") is DiskFile a ? $"{a.Length}{(a.Length > 0 && a.Content[0] == 'a' ? "" : " other")}" : "none").Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(["0 other", "1", "2", "3", "4", "4 other", "none"], found);
    }

    [Fact]
    public void After_both_flushes_there_is_one_state()
    {
        DiskHistory history = new(new DiskImage(), new());
        SimulatedDisk disk = new(history.Start.Clone(), history);
        disk.CreateFolder("/f", forGroup: false);
        disk.FlushFolder("/");
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = disk.CreateNew("/f/a-tmp-1", 4);
        disk.Write(file, "abcd"u8, 0);
        disk.Flush(file);
        disk.Rename("/f/a-tmp-1", "/f/a");
        disk.FlushFolder("/f");
        PowerState last = Assert.Single(new PowerLosses(history, FileSystemRules.Posix, new Random(1), 5).States(from: history.Steps.Count));
        Assert.Equal("abcd"u8, ((DiskFile)last.Image.Find("/f/a")!).Content);
    }

    [Fact]
    public void Without_a_flush_of_the_folder_above_all_that_is_in_a_folder_may_be_gone()
    {
        DiskHistory history = new(new DiskImage(), new());
        SimulatedDisk disk = new(history.Start.Clone(), history);
        disk.CreateFolder("/f", forGroup: false);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = disk.CreateNew("/f/a", 4);
        disk.Flush(file);
        disk.FlushFolder("/f");
        bool[] found = [.. new PowerLosses(history, FileSystemRules.Posix, new Random(1), 5).States(from: history.Steps.Count).Select(state => state.Image.Find("/f/a") is not null)];
        Assert.Equal([false, true], found.Order());
    }

    [Fact]
    public void A_journal_keeps_its_order_and_a_rename_carries_all_before_it()
    {
        DiskHistory history = new(new DiskImage(), new());
        SimulatedDisk disk = new(history.Start.Clone(), history);
        disk.CreateFolder("/f", forGroup: false);
        disk.CreateNew("/f/x", 0).Dispose();
        disk.Rename("/f/x", "/f/y");
        disk.Remove("/f/y");
        disk.CreateFolder("/g", forGroup: false);
        string[] found = [.. new PowerLosses(history, FileSystemRules.Journal, new Random(1), 5).States(from: history.Steps.Count)
            .Select(state => $"{(state.Image.Find("/f/y") is null ? "removed" : "there")} {(state.Image.Find("/g") is null ? "" : "g")}").Order(StringComparer.Ordinal)];
        Assert.Equal(["removed ", "removed g", "there "], found);
    }
}
