using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Sots.Cli.Commands;
using Sots.Cli.EditorTask;
using Sots.Cli.Output;

namespace Sots.Cli;

/// <summary>The tree of commands, and the way from arguments to an exit code.</summary>
internal static class CliRoot
{
    private static readonly ParserConfiguration Parser = new()
    {
        // A name that starts with @ is a name: files in a project may be called so.
        ResponseFileTokenReplacer = null,
    };

    /// <summary>Parses and runs. Never throws; everything that goes wrong is reported and becomes the exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        GlobalOptions options = new();
        IReadOnlyList<string> normalised = CommandLineText.Normalise(arguments);
        ParseResult parse = Build(environment, options).Parse([.. normalised], Parser);
        try
        {
            if (parse.Action is not HelpWithExitCodes && ParseComplaint.Find(parse, normalised) is { } complaint)
            {
                return ErrorReport.Write(CommandRun.CreateReporter(environment, options.WantsJson(parse), verbosity: 1), complaint, cancellationToken);
            }

            InvocationConfiguration invocation = new()
            {
                Output = environment.Out,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            int code = await parse.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
            await environment.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            return code == ExitCode.Complete && environment.OutputFailure() is { } reason
                ? ErrorReport.Write(
                    CommandRun.CreateReporter(environment, options.WantsJson(parse), verbosity: 1),
                    new UsageException($"the output cannot be written: {reason}", "The command itself was done. Send its output to where there is room, or use --quiet."),
                    cancellationToken)
                : code;
        }
        finally
        {
            await environment.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await environment.Error.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>All commands with their flags.</summary>
    public static RootCommand Build(CliEnvironment environment, GlobalOptions options)
    {
        RootCommand root = new("Snapshot backup for Unreal Engine projects: `full` once, `push` as often as you like, `restore-latest` when it counts.");
        root.Directives.Clear();
        foreach (Option option in root.Options.Where(option => option is VersionOption).ToList())
        {
            root.Options.Remove(option);
        }

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        HelpWithExitCodes showHelp = new((HelpAction)help.Action!);
        help.Action = showHelp;
        options.AddTo(root);
        root.Add(InitCommand.Build(environment, options, new ProjectEditorTask(environment)));
        root.Add(ConfigCommand.Build(environment, options));
        root.Add(FullCommand.Build(environment, options));
        root.Add(PushCommand.Build(environment, options));
        root.Add(RestoreLatestCommand.Build(environment, options));
        root.Add(RestoreAssetCommand.Build(environment, options));
        root.Add(RestoreAssetCommand.BuildForLevels(environment, options));
        root.Add(RestoreUndoCommand.Build(environment, options));
        root.Add(ReferencesCommand.Build(environment, options));
        root.Add(SourceArtCommand.Build(environment, options));
        root.Add(SnapshotsCommand.Build(environment, options));
        root.Add(LsCommand.Build(environment, options));
        root.Add(DiffCommand.Build(environment, options));
        root.Add(LevelsCommand.Build(environment, options));
        root.Add(FindCommand.Build(environment, options));
        root.Add(HistoryCommand.Build(environment, options));
        root.Add(BackupCommand.Build(environment, options));
        root.Add(RestoreCommand.Build(environment, options));
        root.Add(CheckCommand.Build(environment, options));
        root.Add(VerifyAssetsCommand.Build(environment, options));
        root.Add(DrillCommand.Build(environment, options));
        root.Add(StatusCommand.Build(environment, options));
        root.Add(WhyCommand.Build(environment, options));
        root.Add(SizesCommand.Build(environment, options));
        root.Add(RunsCommand.Build(environment, options));
        root.Add(ForgetPruneCommand.Build(environment, options));
        root.Add(ForgetCommand.Build(environment, options));
        root.Add(PruneCommand.Build(environment, options));
        root.Add(TagCommand.Build(environment, options));
        root.Add(KeyCommand.Build(environment, options));
        root.Add(UnlockCommand.Build(environment, options));
        root.Add(RepairCommand.Build(environment, options));
        root.Add(RecoverCommand.Build(environment, options));
        root.Add(VscodeCommand.Build(environment, options));
        root.Add(ResticCommand.Build(environment, options));
        root.Add(CompletionCommand.Build(environment, options));
        root.Add(DoctorCommand.Build(environment, options));
        root.Add(DemoCommand.Build(environment, options));
        root.Add(VersionCommand.Build(environment, options));

        Option<bool> version = Symbols.Switch("--version", null, "Which version is this?");
        root.Add(version);
        root.SetAction(parse =>
        {
            if (parse.GetValue(version))
            {
                CommandRun.CreateReporter(environment, options.WantsJson(parse), verbosity: 1).Version(ProgramVersion.Current);
                return ExitCode.Complete;
            }

            return showHelp.Invoke(parse);
        });
        return root;
    }
}
