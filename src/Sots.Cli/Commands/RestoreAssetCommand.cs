using System.CommandLine;
using Sots.Cli.Assets;
using Sots.Restic;
using Sots.Unreal.Content;

namespace Sots.Cli.Commands;

/// <summary><c>restore-asset</c> and <c>restore-level</c>: single assets with all their files, by name.</summary>
internal static class RestoreAssetCommand
{
    /// <summary><c>restore-asset</c>.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global) => Build(
        "restore-asset", "An asset is damaged, gone or was better before? Brings it back, by its name.",
        "Name, long name (/Game/Props/SM_Lamp), file or actor label; with @ID behind it as a certain snapshot has it (default: the newest that has it whole)",
        levelsOnly: false, environment, global);

    /// <summary><c>restore-level</c>.</summary>
    public static Command BuildForLevels(CliEnvironment environment, GlobalOptions global) => Build(
        "restore-level", "A level was better before? Brings it back as one piece: its actors too, and those added since go.",
        "Name of the level, long name (/Game/Maps/Arena) or file; with @ID behind it as a certain snapshot has it (default: the newest that has it whole)",
        levelsOnly: true, environment, global);

    private static VerbCommand Build(string verb, string help, string nameHelp, bool levelsOnly, CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        InPlaceFlags flags = new();
        Argument<string[]> names = new("NAME[@SNAPSHOT]") { Description = nameHelp, Arity = ArgumentArity.OneOrMore };
        Option<string?> to = Symbols.Text("--to", null, "folder", "Into a new folder that opens as a project of its own, in place of into the project");
        Option<bool> withDependencies = Symbols.Switch("--with-dependencies", null, "Also the packages it cannot be loaded without, and those that they need, as they were then");
        Option<bool> onlyMissing = Symbols.Switch("--only-missing", null, "With --with-dependencies: of those only what the project does not have today");
        VerbCommand command = new(verb, help, ExitCode.OfSaving) { names, to, withDependencies, onlyMissing };
        projectOptions.AddTo(command);
        flags.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            AssetRequest request = AssetRequest.Parse([.. (parse.GetValue(names) ?? []).Select(name => name.StartsWith('.') ? run.Environment.FullPath(name) : name)]) with
            {
                LevelsOnly = levelsOnly,
                WithDependencies = parse.GetValue(withDependencies),
                OnlyMissing = parse.GetValue(onlyMissing),
                Folder = parse.GetValue(to) is { Length: > 0 } folder ? run.Environment.FullPath(folder) : null,
            };
            if (request.OnlyMissing && !request.WithDependencies)
            {
                throw new UsageException("--only-missing is for --with-dependencies", "Say both, or neither.");
            }

            InPlaceChoice choice = flags.Read(parse);
            ProjectFlags projectFlags = projectOptions.Read(parse);
            RestorableProject restorable = RestorableProject.Find(run, projectFlags);
            bool writes = request.Folder is null && !choice.DryRun;
            RepositorySession session = await RepositorySession.OpenAsync(run, restorable.Repository, writes ? RepositoryUse.Append : RepositoryUse.Read, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    ProjectSettings? project = request.Folder is null ? restorable.GetFolder(run, projectFlags, listing) : restorable.FindFolder(run, projectFlags, listing);
                    return await new RestoreAssetAction(run, session, listing, project, choice).RunAsync(request, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }
}
