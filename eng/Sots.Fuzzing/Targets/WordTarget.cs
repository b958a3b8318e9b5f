using Sots.Backup;
using Sots.Backup.Credentials;
using Sots.Cli.Output;
using Sots.Cli.Runs;
using Sots.Restic;

namespace Sots.Fuzzing.Targets;

/// <summary>Text that comes from anywhere and is taken apart or printed: commands, passwords in files, command lines in logs, names on screens.</summary>
internal sealed class WordTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "word";

    /// <inheritdoc/>
    public override string About => "commands, password files, logged command lines, names on screens: nothing is lost, nothing unsafe is printed, secrets are starred";

    /// <inheritdoc/>
    public override int MaxLength => 512;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        .. Utf8("pass 'show me' \"a \\\" b\" C:\\x\\y", " password \r\n", "\uFEFFpassword", "--password=hunter2", "rest:https://user:pw@host/x", "-o a=b", "name\u202egnp.exe\u001b[31m\n"),
        [0xFF, 0xFE, (byte)'p', 0, 0x3D, 0xD8],
        [0xFE, 0xFF, 0, (byte)'p'],
        [0xFF, 0xFE, (byte)'"'],
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => [.. Utf8("\"", "'", "\\\"", "\\'", "\\", " ", "\u2028", "\u202e", "--password", "--token=", "https://", "@", ":", "-o", "=", "\uFEFF", "\u0085"), [0xFF, 0xFE], [0xFE, 0xFF], [0xED, 0xA0, 0x80]];

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        string text = PathText.ToText(input);
        string printable = PrintableText.Escape(text);
        Law.Holds(printable == PrintableText.Escape(printable) && !printable.Any(char.IsControl) && !printable.Any(static c => c is '\u202e' or '\u2028'), "what is printed is safe to print");
        Law.Holds(!PrintableText.EscapeLines(text).Any(static c => char.IsControl(c) && c != '\n'), "what is printed in lines is safe to print");
        Law.Holds(!MaskedCommandLine.Of(["--password", "k3y" + text]).Contains("k3y", StringComparison.Ordinal), "a password is starred");
        _ = MaskedCommandLine.Of([text, text, "-o", text]);
        bool taken = false;
        try
        {
            IReadOnlyList<string> words = CommandLineWords.Split(text, "--password-command");
            Law.Holds(words.Count > 0 && words.Sum(static word => word.Length) <= text.Length, "a command has words, and nothing is added to them");
            taken = true;
        }
        catch (RepositoryException)
        {
            // A quote that is not closed, or nothing at all.
        }

        try
        {
            using Password password = PasswordText.Parse(input, "file");
        }
        catch (RepositoryException)
        {
            return taken;
        }

        return true;
    }
}
