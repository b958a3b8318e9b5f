using System.Text.RegularExpressions;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Publish.Tests;

/// <summary>
/// Runs every verb of a program once, as text and as JSON where both are made apart: what a native compiler leaves out is missed only when
/// it is used.
/// </summary>
/// <param name="program">Path of the program.</param>
internal sealed partial class VerbTour(string program)
{
    /// <summary>The command lines, and a piece of what each prints. They follow one another.</summary>
    private static readonly (string Line, string Says)[] Stops =
    [
        ("init --yes", "Ready."),
        ("vscode", "has the tasks already"),
        ("config show", "pack_size"),
        ("config show --json", "\"message_type\":\"config\""),
        ("config check", "is right"),
        ("config schema", "\"$schema\""),
        ("config reference", "pack_size"),
        ("full", "snapshot "),
        ("push --json", "\"message_type\":\"summary\""),
        ("backup Content", "snapshot "),
        ("snapshots", "3 snapshots"),
        ("snapshots --json", "\"short_id\""),
        ("ls latest", "/Content/Map.umap"),
        ("ls latest --json", "\"struct_type\""),
        ("verify-assets", "all whole"),
        ("verify-assets latest --json", "\"message_type\":\"asset_check\""),
        ("why Content/Map.umap", "saved: "),
        ("why Content/Map.umap --json", "\"message_type\":\"why\""),
        ("sizes", "would be saved"),
        ("find *.umap --long", "/Content/Map.umap"),
        ("find *.umap --json", "\"hits\":1"),
        ("find --asset Map --class * -q", ""),
        ("diff latest latest", ""),
        ("diff latest latest --unreal --json", ""),
        ("levels latest", "Map"),
        ("history Map", "Map.umap"),
        ("history Map --json --thumbnails ../Pictures", "\"message_type\":\"history\""),
        ("status", "newest"),
        ("status --json", "\"message_type\":\"project_status\""),
        ("runs", "complete"),
        ("runs --json", "\"outcome\":\"complete\""),
        ("doctor --no-speed-test", "Unreal Engine 5.4"),
        ("doctor --no-speed-test --json", "\"question\":\"engine\""),
        ("tag --add kept latest", "modified 1 snapshots"),
        ("check --read-data", "no errors were found"),
        ("check --json", "\"num_errors\":0"),
        ("restore-latest --target ../Back --verify", "Restored"),
        ("restore latest --target ../BackToo --json", "\"message_type\":\"summary\""),
        ("!edit", ""),
        ("restore-latest --in-place --yes", "sots_backup restore-undo"),
        ("restore-undo --yes", "1 file replaced"),
        ("references latest --json", "\"message_type\":\"references\""),
        ("source-art latest --json", "\"message_type\":\"source_art\""),
        ("restore-asset Map --to ../MapBeside --json", "\"message_type\":\"side_project\""),
        ("restore-level Map --yes", "From snapshot"),
        ("forget --keep-last 2 --dry-run", "remove "),
        ("forget --keep-last 2 --dry-run --json", "\"reasons\""),
        ("prune --dry-run", "to delete"),
        ("forget-prune", "keep"),
        ("drill", ""),
        ("key list", ""),
        ("repair index --dry-run", ""),
        ("recover --dry-run", ""),
        ("unlock", ""),
        ("completion bash", "complete "),
        ("completion zsh", "compdef"),
        ("completion fish", "complete "),
        ("completion powershell", "Register-ArgumentCompleter"),
        ("restic --restic-program /bin/echo -- snapshots", "snapshots"),
        ("version", "sots_backup"),
        ("version --json", "\"message_type\":\"version\""),
        ("demo", ": 0 differences;"),
    ];

    /// <summary>Runs them all.</summary>
    public async Task RunAsync()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["Town", "Content"]);
        await File.WriteAllTextAsync(folder["Town", "Town.uproject"], """{"EngineAssociation":"5.4"}""");
        await WriteMapAsync(folder, "a map");
        Command command = new(program) { Folder = folder["Town"] };
        HashSet<string> missing = [.. VerbsOf((await command.RunAsync("--help")).Expect(0).Out)];
        Assert.NotEmpty(missing);
        foreach ((string line, string says) in Stops)
        {
            if (line == "!edit")
            {
                await WriteMapAsync(folder, "a changed map");
                continue;
            }

            CommandResult result = await command.RunAsync(line.Split(' '));

            // Whether the disks are to be worried about is the machine's matter.
            Assert.True(result.Code == 0 || (line.StartsWith("doctor", StringComparison.Ordinal) && result.Code == 3), $"{line}: {result.Code}\n{result.Out}\n{result.Error}");
            Assert.True(result.Out.Contains(says, StringComparison.Ordinal), $"{line}: no \"{says}\" in\n{result.Out}\n{result.Error}");
            missing.Remove(line.Split(' ')[0]);
        }

        Assert.Empty(missing);
    }

    private static Task WriteMapAsync(TempFolder folder, string text) => File.WriteAllBytesAsync(folder["Town", "Content", "Map.umap"], TestPackage.Level("/Game/Map", text));

    private static IEnumerable<string> VerbsOf(string help) => Verb.Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value);

    [GeneratedRegex("^  ([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex Verb { get; }
}
