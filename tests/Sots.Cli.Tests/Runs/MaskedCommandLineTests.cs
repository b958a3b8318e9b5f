using Sots.Cli.Runs;

namespace Sots.Cli.Tests.Runs;

public sealed class MaskedCommandLineTests
{
    [Theory]
    [InlineData("push -v", "push", "-v")]
    [InlineData("backup \"C:\\my files\" \"\"", "backup", @"C:\my files", "")]
    [InlineData("--password-command *** push", "--password-command", "echo secret", "push")]
    [InlineData("--password-command=*** push", "--password-command=echo secret", "push")]
    [InlineData("--password *** push", "--password", "secret", "push")]
    [InlineData("--password-file pw.txt --key-hint ab", "--password-file", "pw.txt", "--key-hint", "ab")]
    [InlineData("--insecure-no-password check", "--insecure-no-password", "check")]
    [InlineData("-o s3.key=*** ls", "-o", "s3.key=secret", "ls")]
    [InlineData("-os3.key=*** ls", "-os3.key=secret", "ls")]
    [InlineData("-r rest:https://***@host/x", "-r", "rest:https://user:secret@host/x")]
    [InlineData("restic -- env RESTIC_PASSWORD=***", "restic", "--", "env", "RESTIC_PASSWORD=secret")]
    [InlineData("--tag a=b", "--tag", "a=b")]
    public void Secrets_are_starred_and_the_rest_stays(string expected, params string[] words) => Assert.Equal(expected, MaskedCommandLine.Of(words));
}
