using System.Text;
using Sots.Backup.Credentials;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Cli.Tests;

public sealed class PasswordTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[]> Forms { get; } = new()
    {
        { "plain", "pässwörd"u8.ToArray() },
        { "line end", "pässwörd\n"u8.ToArray() },
        { "Windows line end", "pässwörd\r\n"u8.ToArray() },
        { "blanks around", " \tpässwörd \u00a0\n\n"u8.ToArray() },
        { "UTF-8 mark", [0xEF, 0xBB, 0xBF, .. "pässwörd\r\n"u8] },
        { "UTF-16 little endian", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("pässwörd\r\n")] },
        { "UTF-16 big endian", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("pässwörd\r\n")] },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_of_a_password_file_gives_the_same_password(string form, byte[] content)
    {
        using Password password = PasswordText.Parse(content, form);
        Assert.Equal("pässwörd", Encoding.UTF8.GetString(password.Bytes.Span));
    }

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("\"C:\\Program Files\\x.exe\" --get 'my key'", "C:\\Program Files\\x.exe|--get|my key")]
    [InlineData("say \\\"hi\\\"", "say|\"hi\"")]
    [InlineData("a ''", "a|")]
    [InlineData("C:\\tools\\pw.exe", "C:\\tools\\pw.exe")]
    public void A_command_is_split_without_a_shell(string command, string words) =>
        Assert.Equal(words == "a b" ? ["a", "b"] : words.Split('|'), CommandLineWords.Split(command, "--password-command"));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a \"b")]
    public void A_command_that_cannot_be_split_is_refused(string command) =>
        Assert.Equal(RepositoryErrorKind.InvalidRequest, Assert.Throws<RepositoryException>(() => CommandLineWords.Split(command, "--password-command")).Kind);

    [Fact]
    public void A_new_password_file_is_random_long_and_its_owners_alone()
    {
        PasswordFile.CreateRandom(_folder["one"]);
        PasswordFile.CreateRandom(_folder["two"]);
        List<string> warnings = [];
        using Password one = PasswordFile.Read(_folder["one"], warnings.Add);
        using Password two = PasswordFile.Read(_folder["two"], warnings.Add);
        Assert.Equal(43, one.Bytes.Length);
        Assert.False(one.Bytes.Span.SequenceEqual(two.Bytes.Span));
        Assert.Empty(warnings);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["one"]));
        }
    }

    [Fact]
    public void What_a_killed_process_left_of_a_password_file_is_nobodys_password()
    {
        File.WriteAllText(_folder["pw.new"], "hal");
        PasswordFile.CreateRandom(_folder["pw"]);
        using Password password = PasswordFile.Read(_folder["pw"], static _ => { });
        Assert.Equal(43, password.Bytes.Length);
        Assert.Equal([_folder["pw"]], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_password_file_is_never_overwritten()
    {
        File.WriteAllText(_folder["pw"], "mine");
        Assert.Equal(RepositoryErrorKind.AlreadyExists, Assert.Throws<RepositoryException>(() => PasswordFile.CreateRandom(_folder["pw"])).Kind);
        Assert.Equal("mine", File.ReadAllText(_folder["pw"]));
    }

    [Fact]
    public void Nothing_but_the_password_file_is_left_beside_it()
    {
        PasswordFile.CreateRandom(_folder["pw"]);
        Assert.Throws<RepositoryException>(() => PasswordFile.CreateRandom(_folder["pw"]));
        Assert.Equal([_folder["pw"]], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_password_file_that_others_may_read_gives_a_warning()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("permission bits are Unix's");
            return;
        }

        File.WriteAllText(_folder["pw"], "secret words");
        File.SetUnixFileMode(_folder["pw"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        List<string> warnings = [];
        using Password password = PasswordFile.Read(_folder["pw"], warnings.Add);
        Assert.Contains("other users may read", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("secret words", warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_password_is_overwritten()
    {
        byte[] bytes = [.. "secret"u8];
        new Password(bytes).Dispose();
        Assert.All(bytes, value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task A_password_that_is_too_long_missing_or_empty_is_refused_without_being_shown()
    {
        File.WriteAllText(_folder["long"], new string('x', PasswordText.MaxBytes + 1));
        File.WriteAllText(_folder["empty"], " \n");
        CliRunner cli = new(_folder);
        cli.Variables.Clear();
        foreach ((string file, string reason) in new[] { ("long", "is longer than"), ("missing", "does not exist"), ("empty", "an empty password is not allowed by default") })
        {
            CliResult result = await cli.RunAsync("init", "-r", "repo", "-p", file);
            Assert.Equal(1, result.Code);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("xxx", result.Error, StringComparison.Ordinal);
        }

        CliResult none = await cli.RunAsync("init", "-r", "repo");
        Assert.StartsWith("Fatal: there is no password, and no terminal to ask for it\n", none.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["repo"]) && File.Exists(_folder["repo", "config"]));
    }

    [Fact]
    public async Task A_command_gives_the_password_and_its_failure_names_only_the_program()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "uses echo and false");
        using Password password = await PasswordCommand.RunAsync("echo 'two words'", CancellationToken.None);
        Assert.Equal("two words", Encoding.UTF8.GetString(password.Bytes.Span));
        RepositoryException failed = await Assert.ThrowsAsync<RepositoryException>(() => PasswordCommand.RunAsync("false topsecret", CancellationToken.None));
        Assert.Contains("exit code 1", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", failed.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RepositoryException>(() => PasswordCommand.RunAsync("no-such-program-here", CancellationToken.None));
    }

    [Fact]
    public async Task Ctrl_C_in_place_of_a_password_is_a_cancelled_command()
    {
        Queue<ConsoleKeyInfo> keys = new([new('x', ConsoleKey.X, false, false, false), new('\u0003', ConsoleKey.C, false, false, control: true)]);
        CliRunner cli = new(_folder);
        cli.Variables.Clear();
        StringWriter error = new();
        CliEnvironment environment = cli.Environment(new StringWriter(), error) with
        {
            AskSecret = (_, token) => new char[SecretPrompt.Read(new char[10], keys.Dequeue, token)],
        };
        Assert.Equal(130, await CliRoot.RunAsync(["init", "-r", "repo"], environment, CancellationToken.None));
        Assert.Equal("No password was given.\n", error.ToString());
        Assert.Empty(keys);
    }

    [Fact]
    public async Task A_typed_password_is_asked_for_twice_when_it_is_new()
    {
        Queue<string> typed = new(["one", "two", "same", "same", "same"]);
        List<string> questions = [];
        CliRunner cli = new(_folder);
        cli.Variables.Clear();
        CliEnvironment environment = cli.Environment(new StringWriter(), new StringWriter()) with
        {
            AskSecret = (question, _) =>
            {
                questions.Add(question);
                return typed.Dequeue().ToCharArray();
            },
        };
        Assert.Equal(1, await CliRoot.RunAsync(["init", "-r", "repo"], environment, CancellationToken.None));
        Assert.Equal(0, await CliRoot.RunAsync(["init", "-r", "repo"], environment, CancellationToken.None));
        Assert.Equal(0, await CliRoot.RunAsync(["snapshots", "-r", "repo"], environment, CancellationToken.None));
        Assert.Equal(5, questions.Count);
        Assert.Equal("enter password for repository: ", questions[^1]);
    }
}
