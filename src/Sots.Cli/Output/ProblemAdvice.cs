using Sots.Backup.Progress;

namespace Sots.Cli.Output;

/// <summary>How much a problem with a file matters, most first.</summary>
internal enum ProblemRank
{
    /// <summary>The disk itself fails.</summary>
    Disk,

    /// <summary>The repository is not whole.</summary>
    Repository,

    /// <summary>We may not read it.</summary>
    Access,

    /// <summary>A program holds it.</summary>
    InUse,

    /// <summary>Anything else.</summary>
    Other,

    /// <summary>It changed or went away meanwhile.</summary>
    Moving,
}

/// <summary>What can be done about a problem with a file. Goes by the words of the systems; what they do not tell gets general advice.</summary>
internal static class ProblemAdvice
{
    private static readonly (ProblemRank Rank, string Advice, string[] Words)[] Known =
    [
        (ProblemRank.Other, "To leave it out, write \"exclude\": [\"{item}\"] into the config. To save what is there, save the folder it leads to: `sots_backup backup FOLDER`.",
            ["it is a junction"]),
        (ProblemRank.Disk, "The backup drive may be failing: test it, then run `sots_backup check --read-data`.", ["could not be read back"]),
        (ProblemRank.Disk, "Test disk and memory. `sots_backup full` reads this file again.", ["are not what was read and saved"]),
        (ProblemRank.Disk, "The disk may be failing: copy this file elsewhere now, then check the disk.",
            ["input/output error", "i/o error", "cyclic redundancy", "i/o device", "bad sector", "device hardware"]),
        (ProblemRank.Repository, "Run `sots_backup check`, which says how to heal the repository.", ["missing in the repository", "index/"]),
        (ProblemRank.InUse, "Close the program that holds it, then push again.", ["another program has", "used by another process", "locked a portion", "sharing violation", "text file busy", "resource busy"]),
        (ProblemRank.Access, "Give your account the right to read it, or leave it out with --exclude.", ["permission denied", "access is denied", "access to the path", "operation not permitted"]),
        (ProblemRank.Moving, "It changed while it was read. Push again when nothing writes to it.", ["changed while", "no longer a", "is none now", "grew", "shrank", "shorter than"]),
        (ProblemRank.Moving, "It was removed while the backup ran. Nothing is to be done if that was meant.", ["no such file", "could not find", "cannot find the file", "does not exist"]),
    ];

    /// <summary>Rank and advice.</summary>
    public static (ProblemRank Rank, string Advice) Of(ProblemEvent problem)
    {
        foreach ((ProblemRank rank, string advice, string[] words) in Known)
        {
            if (words.Any(word => problem.Message.Contains(word, StringComparison.OrdinalIgnoreCase)))
            {
                // With slashes it is a pattern on Windows too, and needs no quoting in JSON.
                return (rank, advice.Replace("{item}", problem.Item.Replace('\\', '/'), StringComparison.Ordinal));
            }
        }

        return (ProblemRank.Other, "Look at this file, then push again.");
    }
}
