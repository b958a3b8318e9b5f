using System.Text;

namespace Sots.Cli.Configuration;

/// <summary>The config file of a project: where it lies and what it says.</summary>
/// <param name="Path">Full path; null where there is none.</param>
/// <param name="Values">What it says.</param>
internal sealed record ConfigFile(string? Path, ConfigValues Values)
{
    /// <summary>Name of the file in a project.</summary>
    public const string Name = "sots_backup_config.json";

    /// <summary>Longest file that is read, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    private const int MaxComplaints = 50;

    /// <summary>No file.</summary>
    public static ConfigFile None { get; } = new(null, ConfigValues.None);

    /// <summary>The file of a folder, or of the nearest above it that has one; null where none has.</summary>
    public static string? FindUpwards(string folder)
    {
        for (string? at = System.IO.Path.TrimEndingDirectorySeparator(folder); at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            string candidate = System.IO.Path.Combine(at, Name);
            if (System.IO.Path.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    /// <exception cref="UsageException">It cannot be read, or something in it is wrong; the message says everything that is.</exception>
    public static ConfigFile Load(string path, Func<string, string?> variable)
    {
        byte[] bytes = ReadBytes(path);
        string folder = System.IO.Path.GetDirectoryName(path)!;
        ConfigValues values = ConfigReader.Read(bytes, System.IO.Path.GetFileName(path), folder, variable, out IReadOnlyList<ConfigComplaint> complaints);
        return complaints.Count == 0 ? new ConfigFile(path, values) : throw Unusable(path, complaints);
    }

    private static UsageException Unusable(string path, IReadOnlyList<ConfigComplaint> complaints)
    {
        StringBuilder text = new($"the config {path} cannot be used");
        foreach (ConfigComplaint complaint in complaints.OrderBy(static complaint => complaint.Line).Take(MaxComplaints))
        {
            text.Append($"\n  line {complaint.Line}: {complaint.Text}");
        }

        if (complaints.Count > MaxComplaints)
        {
            text.Append($"\n  and {complaints.Count - MaxComplaints} more");
        }

        return new UsageException(text.ToString(), "Correct this; `sots_backup config check` looks again, and docs/config.md explains every key. Nothing was done.");
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            // The length is asked before opening, which keeps away from pipes and devices.
            FileInfo file = new(path);
            if (Directory.Exists(path))
            {
                throw Unreadable(path, "it is a folder", null);
            }

            if (!file.Exists)
            {
                throw Unreadable(path, "it does not exist", null);
            }

            if (file.Length > MaxBytes)
            {
                throw Unreadable(path, $"it is longer than {MaxBytes} bytes, so it is no config", null);
            }

            if (file.Length == 0)
            {
                return [];
            }

            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] buffer = new byte[MaxBytes + 1];
            int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MaxBytes ? buffer[..length] : throw Unreadable(path, $"it is longer than {MaxBytes} bytes, so it is no config", null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unreadable(path, e.Message.TrimEnd('.'), e);
        }
    }

    private static UsageException Unreadable(string path, string why, Exception? inner) => inner is null
        ? new UsageException($"the config {path} cannot be read: {why}", "Name another with --config, or move it away to use the defaults.")
        : new UsageException($"the config {path} cannot be read: {why}", "Give yourself the right to read it, name another with --config, or move it away to use the defaults.");
}
