using System.Collections.Concurrent;
using System.Globalization;
using Sots.Reliability.Processes;

namespace Sots.Reliability.Crowds;

/// <summary>A snapshot that somebody was told is saved: whose it is and what it holds.</summary>
internal sealed record Saved(string Id, string Folder, FolderContents Contents);

/// <summary>
/// Many processes on one repository, ours and restic's: two projects are saved by us and a third folder by restic, while others forget,
/// prune, check and restore, and some of them are killed.
/// </summary>
internal sealed class Crowd(TrialSettings settings, TrialResult result)
{
    private const int Spared = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);
    private readonly ConcurrentDictionary<string, Saved> _saved = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>How long somebody waits for a lock; waits grow from 5 seconds to a minute, so a short run cannot afford many.</summary>
    private readonly string _wait = settings.Scale < 0.2 ? "15s" : "3m";
    private readonly Random _random = new(settings.Seed);
    private readonly List<ProjectBackup> _projects = [];

    /// <summary>A project that is made, and a backup that is not.</summary>
    public static ProjectBackup NewBackup(TrialSettings settings, TrialResult result, string place, int seed, string name = "Trial", string? root = null)
    {
        ChangingProject project = new(Path.Combine(place, name), new Random(seed), files: 12, largest: 120_000);
        project.Create();
        return new ProjectBackup(
            new Executable(settings.Program!), settings.Restic is { } restic ? new Executable(restic) : null, project,
            root ?? Path.Combine(place, "Backup"), Path.Combine(place, "scratch-" + name), result);
    }

    /// <summary>Lets them at it for so long, and looks at everything afterwards.</summary>
    public async Task RunAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        string root = Path.Combine(settings.Work, "Backup");
        for (int i = 0; i < 3; i++)
        {
            _projects.Add(NewBackup(settings, result, settings.Work, settings.Seed + i, "Trial" + i, root));
        }

        await _projects[0].CreateAsync();
        Push(_projects[0]);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(time);
        List<Action> roles = [() => Push(_projects[0]), () => Push(_projects[1]), Forget, Prune, Check, Restore];
        if (settings.Restic is not null)
        {
            roles.Add(() => ResticBackup(_projects[2]));
        }

        Task[] all = [.. roles.Select(role => Task.Factory.StartNew(
            () =>
            {
                while (!over.IsCancellationRequested)
                {
                    role();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task first = await Task.WhenAny(all);
        await over.CancelAsync();
        await first;
        await Task.WhenAll(all);
        LookAfter();
    }

    private void LookAfter()
    {
        ProjectBackup backup = _projects[0];
        backup.Succeed("unlock");
        backup.Succeed("check", "--read-data");
        backup.ResticMustAgree();
        HashSet<string> listed = [.. backup.List().Select(snapshot => snapshot.Id)];
        foreach (Saved saved in _saved.Values)
        {
            if (listed.FirstOrDefault(id => id.StartsWith(saved.Id, StringComparison.Ordinal)) is not { } id)
            {
                throw new BrokenPromiseException($"snapshot {saved.Id} was reported as saved, nobody forgot it, and it is not there");
            }

            RestoreAndCompare(saved with { Id = id }, Path.Combine(settings.Work, "last"), mayBeForgotten: false);
            result.Add("snapshots whole at the end");
        }

        backup.Succeed("forget-prune", "--keep-last", "2", "--remove-protected");
        backup.MustBeClean(readData: true);
    }

    private void Push(ProjectBackup project)
    {
        project.Project.Change(share: 0.15);
        FolderContents now = project.Project.Contents();
        Ended ended = Run(project.Ours, project.Words(["push", "--retry-lock", _wait, "--pack-size", "4"]), "pushes", 5);
        foreach (string id in ended.Reported)
        {
            _saved[id] = new Saved(id, project.Project.Folder, now);
        }
    }

    private void ResticBackup(ProjectBackup project)
    {
        project.Project.Change(share: 0.15);
        FolderContents now = project.Project.Contents();
        Ended ended = Run(Restic, [.. ResticPlace, "--retry-lock", _wait, "backup", project.Project.Folder], "backups by restic", 6);
        foreach (string id in ended.Reported)
        {
            _saved[id] = new Saved(id, project.Project.Folder, now);
        }
    }

    /// <summary>One snapshot that is not among the newest; from here on nobody relies on it.</summary>
    private void Forget()
    {
        Saved[] all = [.. _saved.Values];
        if (all.Length <= Spared)
        {
            Check();
            return;
        }

        Saved chosen = all[Next(all.Length)];
        _saved.TryRemove(chosen.Id, out _);
        if (ByRestic())
        {
            Run(Restic, [.. ResticPlace, "--retry-lock", _wait, "forget", chosen.Id], "forgets by restic", 6);
        }
        else
        {
            Run(Ours, _projects[0].Words("forget", chosen.Id, "--retry-lock", _wait), "forgets", 6);
        }
    }

    private void Prune()
    {
        if (ByRestic())
        {
            Run(Restic, [.. ResticPlace, "--retry-lock", _wait, "prune", "--max-unused", "0"], "prunes by restic", 6);
        }
        else
        {
            Run(Ours, _projects[0].Words("prune", "--max-unused", "0", "--retry-lock", _wait), "prunes", 4);
        }
    }

    private void Check()
    {
        if (ByRestic())
        {
            Run(Restic, [.. ResticPlace, "--retry-lock", _wait, "check"], "checks by restic", 20);
        }
        else
        {
            Run(Ours, _projects[0].Words("check", "--retry-lock", _wait), "checks", 20);
        }
    }

    private void Restore()
    {
        Saved[] all = [.. _saved.Values];
        if (all.Length > 0)
        {
            RestoreAndCompare(all[Next(all.Length)], Path.Combine(settings.Work, "restored"), mayBeForgotten: true);
        }
    }

    private void RestoreAndCompare(Saved saved, string target, bool mayBeForgotten)
    {
        ProjectBackup.Discard(target);
        Ended ended = Ours.Run(_projects[0].Words("restore", $"{saved.Id}:{saved.Folder}", "--target", target, "--retry-lock", _wait)).Expect(0, 1, 11);
        bool isForgotten = mayBeForgotten && !_saved.ContainsKey(saved.Id);
        if (ended.Code == 0 && saved.Contents.DifferenceTo(FolderContents.Of(target)) is { } difference)
        {
            throw ended.Broken($"restored otherwise than saved: {difference}");
        }

        if (ended.Code == 1 && !isForgotten)
        {
            throw ended.Broken("cannot be restored");
        }

        result.Add(ended.Code == 0 ? "restores compared byte by byte" : "operations that waited in vain or were overtaken");
    }

    /// <summary>A process, which is killed now and then; whoever is killed leaves a lock, which is cleared the next moment.</summary>
    private Ended Run(Executable program, string[] words, string figure, int killOneOf)
    {
        bool dies = Next(killOneOf) == 0;
        using RunningProcess process = program.Start(words);
        if (dies)
        {
            process.EndsWithin(TimeSpan.FromMilliseconds(Next(900)));
            process.Kill();
        }

        Ended ended = process.WaitForEnd(Patience);
        bool isKilled = ended.WasKilled;
        if (!isKilled)
        {
            // Whoever waited long for a lock gives up.
            (program.Words[0] == settings.Program ? ended.Orderly() : ended).Expect(0, 11);
        }

        result.Add("operations");
        result.Add(isKilled ? "kills" : ended.Code == 0 ? figure : "operations that waited in vain or were overtaken");
        if (isKilled)
        {
            string[] unlock = ByRestic() ? [.. ResticPlace, "unlock"] : _projects[0].Words("unlock");
            (unlock[0] == "unlock" ? Ours : Restic).Run(unlock).Expect(0, 1);
        }

        return ended;
    }

    private Executable Ours => _projects[0].Ours;

    private Executable Restic => new(settings.Restic!);

    private string[] ResticPlace => ["-r", _projects[0].Repository, "-p", Path.Combine(_projects[0].Root, ".restic_pass.txt"), "--no-cache"];

    private bool ByRestic() => settings.Restic is not null && Next(3) == 0;

    private int Next(int below)
    {
        lock (_gate)
        {
            return _random.Next(below);
        }
    }
}

/// <summary>Many at once, for minutes.</summary>
internal sealed class CrowdTrial : Trial
{
    private const int Seconds = 660;

    /// <inheritdoc/>
    public override string Name => "crowd";

    /// <inheritdoc/>
    public override string About => "pushes, forgets, prunes, checks and restores of several processes at once, ours and restic's, with kills, for eleven minutes";

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) =>
        OperatingSystem.IsWindows() ? "signals of Unix are needed" : settings.Program is null ? "no published program was named" : null;

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        int seconds = settings.Count(Seconds, atLeast: 5);
        await new Crowd(settings, result).RunAsync(TimeSpan.FromSeconds(seconds), cancellationToken);
        result.Add("seconds", seconds);
        settings.Progress(string.Create(CultureInfo.InvariantCulture, $"{result["operations"]} operations, {result["kills"]} kills"));
    }
}
