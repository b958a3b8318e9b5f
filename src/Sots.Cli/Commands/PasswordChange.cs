using Sots.Backup.Credentials;
using Sots.Restic;
using Sots.Restic.Maintenance;

namespace Sots.Cli.Commands;

/// <summary>
/// Puts a new password in the place of the one a repository was opened with. At each moment there is a key in the repository whose password
/// is where this program looks for it: new password beside the old on the disk, new key stored and proven, file changed, old key removed.
/// </summary>
/// <param name="run">Surroundings and reporter.</param>
/// <param name="keys">The keys.</param>
/// <param name="repository">The repository, exclusively locked.</param>
/// <param name="source">Where the old password came from.</param>
internal sealed class PasswordChange(CommandRun run, RepositoryKeys keys, OpenRepository repository, PasswordSource source)
{
    /// <summary>Changes it.</summary>
    /// <returns>The new key.</returns>
    /// <exception cref="RepositoryException">It failed, and says which password is in force.</exception>
    public async Task<KeyId> RunAsync(Password password, NewKeyOptions options, CancellationToken cancellationToken)
    {
        using PasswordFileChange? file = source.IsOfProject ? PasswordFileChange.Prepare(source.Where, password) : null;
        KeyId id;
        using (Password? written = file?.Read())
        {
            id = await keys.AddAsync((written ?? password).Bytes, options, cancellationToken).ConfigureAwait(false);
        }

        if (file is not null)
        {
            try
            {
                file.Commit();
            }
            catch
            {
                await keys.TakeBackAsync(id).ConfigureAwait(false);
                throw;
            }
        }

        await RemoveOldAsync(id).ConfigureAwait(false);
        run.Reporter.Message(file is not null ? $"the new password is in {source.Where}; keep a copy of it elsewhere"
            : source.Kind == PasswordKind.Prompt ? "from now on the new password opens the repository"
            : $"from now on the new password opens the repository; it came from {source.Describe()}, which still has the old one");
        return id;
    }

    /// <summary>Not to be cancelled: it is one step, and what it ends has begun.</summary>
    private async Task RemoveOldAsync(KeyId successor)
    {
        try
        {
            await keys.RemoveCurrentAsync(successor, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            throw new RepositoryException(
                e.Kind, $"{e.Message}. The new password opens the repository, and the old one still does too.",
                $"Take the old one away with the new one: `sots_backup key remove {repository.KeyId.Value.ToShortString()}`.", e);
        }
    }
}
