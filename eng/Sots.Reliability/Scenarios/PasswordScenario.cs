using Sots.Reliability.Power;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Locking;
using Sots.Restic.Maintenance;

namespace Sots.Reliability.Scenarios;

/// <summary>One of two passwords is changed: a key is added, then the one before is removed. At every moment the old or the new one opens the repository.</summary>
internal sealed class PasswordScenario : Scenario
{
    private const string Old = "an old password", New = "a new password";
    private static readonly NewKeyOptions Cheap = new() { Scrypt = new ScryptParameters(16, 1, 1), Username = "user", Hostname = "machine" };

    public override string Name => "passwd";

    public override async Task PrepareAsync(World world)
    {
        await base.PrepareAsync(world);
        await new SimulatedProcess(world).WithRepositoryAsync(exclusive: true, (repository, write) =>
            new RepositoryKeys(repository, write.EnsureLocked).AddAsync(World.Bytes(Old), Cheap, CancellationToken.None));
    }

    public override async Task<bool> RunAsync(World world, SimulatedProcess process)
    {
        using IBackend backend = process.OpenBackend();
        if (await OpenAsync(backend, Old) is not OpenRepository repository)
        {
            // An earlier run came as far as that, or this one is wrong about the password.
            using OpenRepository? changed = await OpenAsync(backend, New);
            return changed is not null;
        }

        using (repository)
        {
            await using RepositoryLock held = await repository.LockAsync(exclusive: true, process.LockOptions, CancellationToken.None);
            RepositoryKeys keys = new(repository, held.EnsureHeldAsync);
            await keys.RemoveCurrentAsync(await keys.AddAsync(World.Bytes(New), Cheap, CancellationToken.None), CancellationToken.None);
            return true;
        }
    }

    /// <inheritdoc/>
    public override async Task HoldAsync(World world, SimulatedDisk disk, bool withContent)
    {
        Promise(await OpensAsync(disk, Old) || await OpensAsync(disk, New), "neither the old nor the new password opens the repository");
        await base.HoldAsync(world, disk, withContent);
    }

    public override async Task FinishedAsync(World world)
    {
        Promise(await OpensAsync(world.Disk, New), "the new password does not open the repository");
        Promise(!await OpensAsync(world.Disk, Old), "the old password still opens the repository");
    }

    private static async Task<bool> OpensAsync(SimulatedDisk disk, string password)
    {
        using LocalBackend backend = new(World.RepositoryPath, disk);
        using OpenRepository? repository = await OpenAsync(backend, password);
        return repository is not null;
    }

    /// <summary>Opens it; null where the password is wrong.</summary>
    private static async Task<OpenRepository?> OpenAsync(IBackend backend, string password)
    {
        try
        {
            return await Repository.OpenAsync(backend, World.Bytes(password), new OpenOptions(), CancellationToken.None);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.WrongPassword)
        {
            return null;
        }
    }
}
