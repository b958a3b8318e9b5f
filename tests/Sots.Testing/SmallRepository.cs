using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;

namespace Sots.Testing;

/// <summary>Repositories for tests: a key that opens at once, backups in one line.</summary>
public static class SmallRepository
{
    /// <summary>The password of all of them.</summary>
    public const string Password = "test-password";

    /// <summary>The cheapest costs that are allowed.</summary>
    public static readonly ScryptParameters Cheap = new(16, 1, 1);

    /// <summary>Makes a repository in a backend.</summary>
    public static Task<OpenRepository> CreateAsync(IBackend backend, int version = 2) =>
        Repository.CreateAsync(backend, PasswordBytes, new CreateOptions { Version = version, Scrypt = Cheap, Hostname = "host" }, CancellationToken.None);

    /// <summary>Opens it again.</summary>
    public static Task<OpenRepository> OpenAsync(IBackend backend) =>
        Repository.OpenAsync(backend, PasswordBytes, new OpenOptions(), CancellationToken.None);

    /// <summary>Saves folders.</summary>
    public static async Task<BackupResult> BackupAsync(
        OpenRepository repository, string target, Func<BackupOptions, BackupOptions>? change = null, RecordedEvents? events = null)
    {
        BackupOptions options = new()
        {
            Targets = [DiskPath.FromText(target)],
            WorkingDirectory = DiskPath.FromText(Path.GetTempPath()),
            Host = "host",
            ProgramVersion = "test",
        };
        return await BackupOperation.RunAsync(
            repository, change?.Invoke(options) ?? options, new OperationCounters(), events ?? new RecordedEvents(), CancellationToken.None);
    }

    private static byte[] PasswordBytes => System.Text.Encoding.UTF8.GetBytes(Password);
}

/// <summary>Keeps what an operation tells.</summary>
public sealed class RecordedEvents : IOperationEvents
{
    private readonly Lock _gate = new();
    private readonly List<string> _messages = [];
    private readonly List<string> _details = [];
    private readonly List<ProblemEvent> _problems = [];
    private readonly List<ItemEvent> _items = [];

    /// <summary>Messages so far.</summary>
    public IReadOnlyList<string> Messages => Copy(_messages);

    /// <summary>Details so far.</summary>
    public IReadOnlyList<string> Details => Copy(_details);

    /// <summary>Problems so far.</summary>
    public IReadOnlyList<ProblemEvent> Problems => Copy(_problems);

    /// <summary>Finished entries so far.</summary>
    public IReadOnlyList<ItemEvent> Items => Copy(_items);

    /// <inheritdoc/>
    public bool WantsItems => true;

    /// <inheritdoc/>
    public void Message(string text) => Add(_messages, text);

    /// <inheritdoc/>
    public void Detail(string text) => Add(_details, text);

    /// <inheritdoc/>
    public void Item(in ItemEvent item) => Add(_items, item);

    /// <inheritdoc/>
    public void Problem(ProblemEvent problem) => Add(_problems, problem);

    private void Add<T>(List<T> list, T value)
    {
        lock (_gate)
        {
            list.Add(value);
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
