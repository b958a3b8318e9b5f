using System.Text;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Backup.Tests.Sources;

public class PatternFileTests
{
    [Fact]
    public void Lines_are_trimmed_and_comments_and_empty_lines_do_not_count() =>
        Assert.Equal(["*.tmp", "a b", "[#]x", "last"], Parse("*.tmp\r\n\n  # no\n\ta b \u00A0\n#no\n[#]x\nlast"));

    [Theory]
    [InlineData("$HOME/x", "/home/me/x")]
    [InlineData("${HOME}x", "/home/mex")]
    [InlineData("$HOMEx/y", "/y")]
    [InlineData("cost$$5", "cost$5")]
    [InlineData("a$", "a$")]
    [InlineData("a$/b", "a$/b")]
    [InlineData("a$.b", "a$.b")]
    [InlineData("${}x", "x")]
    [InlineData("${x", "x")]
    [InlineData("$1x", "x")]
    [InlineData("$*x", "x")]
    [InlineData("\\#x", "\\#x")]
    public void Variables_are_put_in_as_restic_does(string line, string expected) => Assert.Equal([expected], Parse(line));

    [Fact]
    public void A_value_is_not_expanded_again() => Assert.Equal(["$HOME"], Parse("$NESTED"));

    [Fact]
    public void Byte_order_marks_tell_the_encoding()
    {
        Assert.Equal(["ü"], PatternFile.Parse([0xEF, 0xBB, 0xBF, .. "ü"u8], Variable, "f"));
        Assert.Equal(["ü"], PatternFile.Parse([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("ü\r\n")], Variable, "f"));
        Assert.Equal(["ü"], PatternFile.Parse([0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("ü")], Variable, "f"));
    }

    [Fact]
    public void A_line_beyond_the_limit_is_refused()
    {
        RepositoryException error = Assert.Throws<RepositoryException>(() => Parse("x\n" + new string('a', PatternFile.MaxLineLength + 1)));
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        using TempFolder folder = new();
        RepositoryException error = Assert.Throws<RepositoryException>(() => PatternFile.Read(folder["absent.txt"], Variable));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
        Assert.Contains("absent.txt", error.Message, StringComparison.Ordinal);
        File.WriteAllText(folder["there.txt"], "*.o\n");
        Assert.Equal(["*.o"], PatternFile.Read(folder["there.txt"], Variable));
    }

    private static IReadOnlyList<string> Parse(string text) => PatternFile.Parse(Encoding.UTF8.GetBytes(text), Variable, "f");

    private static string? Variable(string name) => name switch { "HOME" => "/home/me", "NESTED" => "$HOME", _ => null };
}
