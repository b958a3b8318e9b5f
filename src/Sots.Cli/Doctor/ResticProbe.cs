using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Sots.Cli.InstalledRestic;

namespace Sots.Cli.Doctor;

/// <summary>Is restic there too, and can it read this backup? It is not needed.</summary>
/// <param name="limit">How long it may take to say its version.</param>
internal sealed partial class ResticProbe(TimeSpan limit) : IDoctorProbe
{
    private const int LongestAnswer = 4096;

    /// <summary>Variables without which programs do not start or find their folders; it needs no other to say its version.</summary>
    private static readonly string[] Needed = ["PATH", "HOME", "USERPROFILE", "LOCALAPPDATA", "SystemRoot", "TEMP", "TMP", "TMPDIR"];

    /// <summary>From here on restic reads compressed repositories.</summary>
    private static readonly Version FirstOfFormat2 = new(0, 14);

    /// <inheritdoc/>
    public string Question => "restic";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        Setting<string>? named = scene.Settings.ResticProgram;
        string path;
        try
        {
            path = ResticChild.Find(named?.Value, scene.Run.Environment);
        }
        catch (UsageException e)
        {
            return [named is null ? Judge(null, null, 0) : new DoctorFinding(Question, Verdict.Warning, $"{e.Message} ({named.Origin})", "Correct restic_program in the config; everything but `sots_backup restic` works without it.")];
        }

        return [Judge(path, await AskAsync(path, cancellationToken).ConfigureAwait(false), scene.Repository?.Config.Version ?? 2)];
    }

    /// <summary>Judges an installed restic.</summary>
    /// <param name="path">Where it is, or null.</param>
    /// <param name="answer">What it says of its version; null where it did not say it in time.</param>
    /// <param name="format">Version of the repository's format.</param>
    public static DoctorFinding Judge(string? path, string? answer, int format)
    {
        if (path is null)
        {
            return new DoctorFinding("restic", Verdict.Note, "not found on PATH; it is not needed", "It can read this backup on a machine without sots_backup: https://restic.net");
        }

        return !Version.TryParse(VersionInAnswer().Match(answer ?? "").Groups[1].Value, out Version? version)
            ? new DoctorFinding("restic", Verdict.Note, $"{path} does not say which version it is", "Is it restic? It is needed only for `sots_backup restic`.")
            : version < FirstOfFormat2 && format > 1
                ? new DoctorFinding("restic", Verdict.Warning, $"{path}, {version}, is too old to read this backup", "0.14 and newer can: https://restic.net")
                : new DoctorFinding("restic", Verdict.Ok, $"{path}, {version}");
    }

    private async Task<string?> AskAsync(string path, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(limit);
        ProcessStartInfo start = new(path, ["version"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string variable in start.Environment.Keys.Except(Needed, StringComparer.OrdinalIgnoreCase).ToArray())
        {
            start.Environment.Remove(variable);
        }

        try
        {
            using Process? child = Process.Start(start);
            if (child is null)
            {
                return null;
            }

            try
            {
                child.StandardInput.Close();
                char[] answer = new char[LongestAnswer];
                int length = await child.StandardOutput.ReadBlockAsync(answer, stop.Token).ConfigureAwait(false);
                return new string(answer, 0, length);
            }
            finally
            {
                if (!child.HasExited)
                {
                    child.Kill(entireProcessTree: true);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^restic (\d{1,4}\.\d{1,4}(\.\d{1,4})?)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionInAnswer();
}
