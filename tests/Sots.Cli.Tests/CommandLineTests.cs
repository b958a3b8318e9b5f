using Sots.Testing;

namespace Sots.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public CommandLineTests() => _cli = new CliRunner(_folder);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Verbs { get; } =
        ["init", "full", "push", "backup", "restore", "restore-latest", "snapshots", "ls", "check", "unlock", "version", "demo"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_of_every_command_lists_its_exit_codes(string verb)
    {
        CliResult result = await _cli.RunAsync(verb, "--help");
        Assert.Equal(0, result.Code);
        Assert.Contains("Exit codes:", result.Out, StringComparison.Ordinal);
        Assert.Contains("130  it was cancelled", result.Out, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Help_of_the_program_names_every_command_and_stays_short()
    {
        CliResult result = await _cli.RunAsync("--help");
        Assert.All(Verbs, verb => Assert.Contains($"  {verb.Data} ", result.Out, StringComparison.Ordinal));
        Assert.DoesNotContain("Exit codes:", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_flag_of_every_command_says_what_it_is_for()
    {
        CliEnvironment environment = _cli.Environment(TextWriter.Null, TextWriter.Null);
        foreach (var command in CliRoot.Build(environment, new GlobalOptions()).Subcommands)
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{command.Name} {option.Name}"));
            Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{command.Name} {argument.Name}"));
        }

        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("--exclude-fil", "--exclude-file")]
    [InlineData("--exlcude", "--exclude")]
    [InlineData("--dryrun", "--dry-run")]
    [InlineData("--repositry-file", "--repository-file")]
    [InlineData("--jsn", "--json")]
    public async Task A_mistyped_flag_is_named_with_the_right_one(string typed, string meant)
    {
        CliResult result = await _cli.RunAsync("backup", typed, "x");
        Assert.Equal(1, result.Code);
        Assert.Equal($"Fatal: unknown flag: {typed}", result.ErrorLines[0]);
        Assert.StartsWith($"Did you mean {meant}?", result.ErrorLines[1], StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    [Fact]
    public async Task A_flag_that_is_like_no_other_gets_no_suggestion()
    {
        CliResult result = await _cli.RunAsync("backup", "--xyzzy=3", "x");
        Assert.Equal("Fatal: unknown flag: --xyzzy", result.ErrorLines[0]);
        Assert.DoesNotContain("Did you mean", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistyped_command_is_named_with_the_right_one()
    {
        CliResult result = await _cli.RunAsync("snapshot");
        Assert.Equal(1, result.Code);
        Assert.Contains("Did you mean snapshots?", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backup", "--stdin")]
    [InlineData("backup", "--limit-upload")]
    [InlineData("backup", "--use-fs-snapshot")]
    [InlineData("restore", "--include-xattr")]
    [InlineData("ls", "--ncdu")]
    [InlineData("check", "--no-extra-verify")]
    public async Task A_flag_of_restic_that_is_not_supported_is_refused_with_the_reason(string verb, string flag)
    {
        CliResult result = await _cli.RunAsync(verb, flag);
        Assert.Equal(1, result.Code);
        Assert.StartsWith($"Fatal: {flag} is not supported: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--quiet and --verbose cannot be specified at the same time", "snapshots", "-q", "-v")]
    [InlineData("--insecure-no-password and --password-file contradict each other", "snapshots", "-r", "x", "--insecure-no-password", "-p", "f")]
    [InlineData("--repo and --repository-file contradict each other", "snapshots", "-r", "x", "--repository-file", "f")]
    [InlineData("check flags --read-data and --read-data-subset cannot be used together", "check", "-r", "x", "--read-data", "--read-data-subset", "1/2")]
    [InlineData("'5 minutes' is no duration for --retry-lock", "snapshots", "-r", "x", "--retry-lock", "5 minutes")]
    [InlineData("'fast' is no compression mode (--compression)", "snapshots", "-r", "x", "--compression", "fast")]
    [InlineData("'3' is no pack size (--pack-size)", "snapshots", "-r", "x", "--pack-size", "3")]
    [InlineData("there is no extended option 'sftp.command'", "snapshots", "-r", "x", "-o", "sftp.command=ssh")]
    [InlineData("repositories at sftp are not supported", "snapshots", "-r", "sftp:host:/x")]
    [InlineData("please specify a directory to restore to (--target)", "restore", "latest", "-r", "x")]
    [InlineData("no snapshot ID specified", "restore", "-t", "x")]
    [InlineData("no snapshot ID specified", "ls")]
    [InlineData("nothing to backup, please specify source files/dirs", "backup", "-r", "x")]
    [InlineData("Please specify repository location (-r or --repository-file)", "snapshots")]
    [InlineData("'sometimes' is no behavior for --overwrite", "restore", "latest", "-t", "x", "--overwrite", "sometimes")]
    [InlineData("unknown grouping 'colour' for --group-by", "snapshots", "-g", "colour")]
    [InlineData("'0' is no number for --latest", "snapshots", "--latest", "0")]
    [InlineData("'yesterday' is no time for --time", "backup", "-r", "x", "y", "--time", "yesterday")]
    [InlineData("'0' is no number of files to read at once (--read-concurrency)", "backup", "-r", "x", "y", "--read-concurrency", "0")]
    public async Task What_makes_no_sense_is_refused_in_one_sentence(string sentence, params string[] arguments)
    {
        CliResult result = await _cli.RunAsync(arguments);
        Assert.Equal(1, result.Code);
        Assert.Equal("Fatal: " + sentence, result.ErrorLines[0]);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    [Theory]
    [InlineData("RESTIC_COMPRESSION", "strong", "'strong' is no compression mode ($RESTIC_COMPRESSION)")]
    [InlineData("RESTIC_PACK_SIZE", "1000", "'1000' is no pack size ($RESTIC_PACK_SIZE)")]
    [InlineData("RESTIC_READ_CONCURRENCY", "many", "'many' is no number of files to read at once ($RESTIC_READ_CONCURRENCY)")]
    public async Task An_invalid_variable_is_fatal_and_named(string name, string value, string sentence)
    {
        _cli.Variables[name] = value;
        CliResult result = await _cli.RunAsync("backup", "-r", "x", "y");
        Assert.Equal(1, result.Code);
        Assert.Equal("Fatal: " + sentence, result.ErrorLines[0]);
    }

    [Fact]
    public async Task With_json_the_last_line_of_the_error_stream_is_the_reason()
    {
        CliResult result = await _cli.RunAsync("snapshots", "--json", "-r", "nowhere");
        Assert.Equal(10, result.Code);
        Assert.StartsWith("""{"message_type":"exit_error","code":10,"message":"Fatal: repository does not exist: unable to open config file: """, result.ErrorLines[^1], StringComparison.Ordinal);
        CliResult parse = await _cli.RunAsync("snapshots", "--json", "--bogus");
        Assert.StartsWith("""{"message_type":"exit_error","code":1,"message":"Fatal: unknown flag: --bogus""", Assert.Single(parse.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Verbose_with_a_level_is_that_many_flags() =>
        Assert.Equal(["backup", "-v", "-v", "x", "--", "--verbose=2"], CommandLineText.Normalise(["backup", "--verbose=2", "x", "--", "--verbose=2"]));

    [Fact]
    public async Task Version_is_recognised_by_programs_that_drive_restic()
    {
        CliResult text = await _cli.RunAsync("version");
        Assert.Matches(@"^sots_backup \d+\.\d+\.\d+ compiled with \.NET .* on \w+/\w+\n$", text.Out);
        CliResult json = await _cli.RunAsync("version", "--json");
        Assert.Matches("""^{"message_type":"version","version":"[^"]+","go_version":"[^"]+","go_os":"[^"]+","go_arch":"[^"]+"}\n$""", json.Out);
    }
}
