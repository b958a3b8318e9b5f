using CsCheck;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring.InPlace;

/// <summary>The laws of restoring in place, for generated projects and for a process that dies at any step.</summary>
public sealed class InPlaceProperties
{
    private static readonly string[] Paths = ["a", "b", "c/a", "c/b", "c/d/e", "f/g", "f/h/i", "ü/x", "c"];

    /// <summary>A project: for each path what is there.</summary>
    private static readonly Gen<(int Kind, ulong Seed, bool SameTime)[]> AnyProject =
        Gen.Select(Gen.Int[0, 5], Gen.ULong[0, 2], Gen.Bool, (kind, seed, sameTime) => (kind, seed, sameTime)).Array[Paths.Length];

    public InPlaceProperties() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the paths of snapshots are those of Linux");

    [Fact]
    public void A_restore_with_delete_is_the_snapshot_and_its_undo_is_the_state_before() =>
        Gen.Select(AnyProject, AnyProject, Gen.Bool).Sample(
            (first, second, delete) =>
            {
                using InPlaceScene scene = new();
                Build(scene, first);
                string wanted = scene.CopyAsync("after").GetAwaiter().GetResult();
                SavedSnapshot snapshot = scene.PushAsync().GetAwaiter().GetResult();
                scene.Clear();
                Build(scene, second);
                string before = scene.CopyAsync("before").GetAwaiter().GetResult();
                scene.RestoreAsync(snapshot, options => options with { Delete = delete }).GetAwaiter().GetResult();
                if (delete)
                {
                    Assert.Empty(TreeComparison.Differences(wanted, scene.Project));
                }

                scene.UndoAsync().GetAwaiter().GetResult();
                Assert.Empty(TreeComparison.Differences(before, scene.Project));
            },
            iter: 25,
            threads: 1);

    [Fact]
    public async Task Killed_at_any_step_running_again_completes_and_the_undo_is_still_the_state_before()
    {
        bool crashed = true;
        for (int step = 0; crashed; step++)
        {
            using InPlaceScene scene = new();
            Build(scene, [(1, 0, false), (1, 1, false), (1, 2, true), (2, 0, false), (1, 0, false), (1, 1, true), (1, 2, false), (0, 0, false), (0, 0, false)]);
            string wanted = await scene.CopyAsync("after");
            SavedSnapshot snapshot = await scene.PushAsync();
            scene.Clear();
            Build(scene, [(1, 1, false), (0, 0, false), (1, 1, false), (1, 1, false), (0, 0, false), (1, 1, true), (0, 0, false), (1, 2, true), (0, 0, false)]);
            string before = await scene.CopyAsync("before");

            crashed = await DiesAsync(scene, step, () => scene.RestoreAsync(snapshot, options => options with { Delete = true, Writer = scene.Writer }));
            if (step % 2 == 0)
            {
                await scene.RestoreAsync(snapshot, options => options with { Delete = true });
                Assert.Empty(TreeComparison.Differences(wanted, scene.Project));
            }

            await scene.UndoAsync();
            Assert.Empty(TreeComparison.Differences(before, scene.Project));
        }
    }

    [Fact]
    public async Task An_undo_killed_at_any_step_and_run_again_is_the_state_before_the_restore()
    {
        bool crashed = true;
        for (int step = 0; crashed; step += 3)
        {
            using InPlaceScene scene = new();
            Build(scene, [(1, 0, false), (1, 1, false), (1, 2, true), (2, 0, false), (1, 0, false), (1, 1, true), (1, 2, false), (0, 0, false), (0, 0, false)]);
            SavedSnapshot snapshot = await scene.PushAsync();
            scene.Clear();
            Build(scene, [(1, 1, false), (0, 0, false), (1, 1, false), (1, 1, false), (0, 0, false), (1, 1, true), (0, 0, false), (1, 2, true), (0, 0, false)]);
            string before = await scene.CopyAsync("before");
            SavedSnapshot safety = await scene.RestoreAsync(snapshot, options => options with { Delete = true });
            string after = await scene.CopyAsync("after");

            crashed = await DiesAsync(scene, step, () => scene.UndoAsync());
            InPlacePlan again = await scene.UndoAsync(unfinished: safety);
            Assert.Empty(again.FilesOf(InPlaceAction.LeaveEdited));
            Assert.Empty(TreeComparison.Differences(before, scene.Project));

            // What the killed undo was about to change is still in its own safety snapshot.
            if (step % 2 == 0)
            {
                await scene.UndoAsync();
                Assert.Empty(TreeComparison.Differences(after, scene.Project));
            }
        }
    }

    private static async Task<bool> DiesAsync(InPlaceScene scene, int step, Func<Task> work)
    {
        CrashingTarget target = new(step);
        scene.Writer = target;
        try
        {
            await work();
            return target.HasCrashed;
        }
        catch (CrashException)
        {
            return true;
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.All(inner => inner is CrashException))
        {
            return true;
        }
        finally
        {
            scene.Writer = TargetFileSystem.Current;
        }
    }

    /// <summary>The path "c" can be a file only where nothing lies below it.</summary>
    private static void Build(InPlaceScene scene, (int Kind, ulong Seed, bool SameTime)[] project)
    {
        TreeOnDisk tree = new TreeOnDisk().File("always", "there");
        bool cIsFolder = Enumerable.Range(2, 3).Any(i => project[i].Kind > 0);
        for (int i = 0; i < Paths.Length; i++)
        {
            (int kind, ulong seed, bool sameTime) = project[i];
            if (kind == 0 || (Paths[i] == "c" && cIsFolder))
            {
                continue;
            }

            DiskTime time = new(sameTime ? 1_600_000_000 : 1_600_000_000 + (i * 10) + (long)seed, 123_400_000);
            if (kind == 2)
            {
                tree.Symlink(Paths[i], seed == 0 ? "nowhere" : "a", time);
            }
            else
            {
                tree.File(Paths[i], SplitMix.Bytes(seed, kind == 5 ? 600_000 : 40), kind == 4 ? 0x180u : 0x1A4u, time);
            }
        }

        tree.WriteTo(scene.Project);
    }
}
