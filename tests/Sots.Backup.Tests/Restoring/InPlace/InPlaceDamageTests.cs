using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Snapshots;

namespace Sots.Backup.Tests.Restoring.InPlace;

/// <summary>Restoring into the project where the repository has lost something that this restore does not need.</summary>
public sealed class InPlaceDamageTests : IDisposable
{
    private readonly InPlaceScene _scene = new();

    public InPlaceDamageTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the paths of snapshots are those of Linux");

    private IBackend Backend => _scene.Repository.Backend;

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(FileType.Pack, false)]
    [InlineData(FileType.Pack, true)]
    [InlineData(FileType.Index, false)]
    public async Task What_another_snapshot_lost_hinders_neither_a_restore_nor_its_undo(FileType lost, bool isGone)
    {
        _scene.Write("Content/A.uasset", "old");
        _scene.Write("Content/Keep.uasset", "keep");
        SavedSnapshot first = await _scene.PushAsync();
        HashSet<string> before = await NamesAsync(lost);

        // What is on the disk, and will be overwritten, was in what is lost: nothing of it may be taken for saved.
        _scene.Write("Content/A.uasset", "now");
        _scene.Write("Content/New.uasset", "new");
        await _scene.PushAsync();
        foreach (string name in (await NamesAsync(lost)).Except(before))
        {
            FileHandle file = new(lost, ContentId.Parse(name));
            byte[] content = await Backend.LoadAsync(file, 1 << 20, CancellationToken.None);
            await Backend.RemoveAsync(file, CancellationToken.None);
            if (!isGone)
            {
                await Backend.SaveAsync(file, content.AsMemory(0, content.Length / 2), CancellationToken.None);
            }
        }

        await _scene.RestoreAsync(first, options => options with { Delete = true });
        Assert.Contains(_scene.Events.Problems, problem => problem.IsOfRepository);
        Assert.Equal(("old", "keep", null), (_scene.Read("Content/A.uasset"), _scene.Read("Content/Keep.uasset"), _scene.Read("Content/New.uasset")));

        await _scene.UndoAsync();
        Assert.Equal(("now", "keep", "new"), (_scene.Read("Content/A.uasset"), _scene.Read("Content/Keep.uasset"), _scene.Read("Content/New.uasset")));
    }

    private async Task<HashSet<string>> NamesAsync(FileType type)
    {
        HashSet<string> names = [];
        await foreach (StoredFile file in Backend.ListAsync(type, CancellationToken.None))
        {
            names.Add(file.Name.ToString());
        }

        return names;
    }
}
