using System.Diagnostics;
using System.Text;

namespace Sots.Comparison;

/// <summary>Other programs.</summary>
internal static class Commands
{
    /// <summary>Runs a program and returns its exit code; what it says is dropped.</summary>
    public static int Run(string program, params string[] arguments) => Run(program, arguments, null, null, out _);

    /// <summary>Runs a program that has to succeed, in this folder or another.</summary>
    /// <exception cref="InvalidDataException">It did not; with what it said.</exception>
    public static void Must(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, string? inFolder = null)
    {
        int code = Run(program, arguments, environment, inFolder, out string said);
        if (code != 0)
        {
            throw new InvalidDataException($"{program} {string.Join(' ', arguments)} ended with {code}:\n{said}");
        }
    }

    private static int Run(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment, string? inFolder, out string said)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = inFolder ?? "" };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        StringBuilder all = new();
        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (all)
            {
                all.AppendLine(line.Data);
            }
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        said = all.ToString();
        return process.ExitCode;
    }
}

/// <summary>Our program, compiled ahead of time for this machine.</summary>
internal static class NativeProgram
{
    public static string Publish()
    {
        bool hasClang = Commands.Run("sh", "-c", "command -v clang") == 0;
        Commands.Must("dotnet", [
            "publish", Path.Combine("src", "Sots.Cli"), "-c", "Release", "-r", "linux-x64", "-v", "q",
            .. hasClang ? Array.Empty<string>() : ["-p:CppCompilerAndLinker=gcc"]]);
        return Path.GetFullPath(Path.Combine("artifacts", "publish", "Sots.Cli", "release_linux-x64", "sots_backup"));
    }
}

/// <summary>Folders that belong to the comparison.</summary>
internal static class Folders
{
    public static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Copies a folder; hard links where both lie on one disk and nobody writes into the files.</summary>
    public static void Copy(string from, string to, bool mayLink)
    {
        Remove(to);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (!mayLink || Commands.Run("cp", "-al", from, to) != 0)
        {
            Remove(to);
            Commands.Must("cp", ["-a", from, to]);
        }
    }

    public static long BytesIn(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(static file => new FileInfo(file).Length);
}
