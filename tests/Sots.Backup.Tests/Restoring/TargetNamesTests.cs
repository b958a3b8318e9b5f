using System.Text;
using Sots.Backup.Restoring;

namespace Sots.Backup.Tests.Restoring;

public sealed class TargetNamesTests
{
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("../x")]
    [InlineData("a\0b")]
    public void Names_that_lead_elsewhere_are_refused_everywhere(string name)
    {
        Assert.NotNull(TargetNames.WhyRefused(Encoding.UTF8.GetBytes(name), PathRules.Posix));
        Assert.NotNull(TargetNames.WhyRefused(Encoding.UTF8.GetBytes(name), PathRules.Windows));
    }

    [Theory]
    [InlineData("CON")]
    [InlineData("con")]
    [InlineData("nul.txt")]
    [InlineData("NUL .tar.gz")]
    [InlineData("COM1")]
    [InlineData("com\u00B2.log")]
    [InlineData("LPT9.x")]
    [InlineData("CONOUT$")]
    [InlineData("dot.")]
    [InlineData("space ")]
    [InlineData("a:b")]
    [InlineData("C:")]
    [InlineData("a\\b")]
    [InlineData("<")]
    [InlineData("a>")]
    [InlineData("a|b")]
    [InlineData("what?")]
    [InlineData("*")]
    [InlineData("\"")]
    [InlineData("tab\t")]
    [InlineData("esc\u001Bx")]
    public void Names_that_Windows_cannot_keep_are_refused_there_alone(string name)
    {
        Assert.NotNull(TargetNames.WhyRefused(Encoding.UTF8.GetBytes(name), PathRules.Windows));
        Assert.Null(TargetNames.WhyRefused(Encoding.UTF8.GetBytes(name), PathRules.Posix));
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("CONSOLE")]
    [InlineData("COM")]
    [InlineData("COM10")]
    [InlineData(".gitignore")]
    [InlineData("..dots")]
    [InlineData(" leading")]
    [InlineData("x.con")]
    [InlineData("\u65E5\u672C")]
    [InlineData("\uFFFD")]
    public void Ordinary_names_are_taken_everywhere(string name)
    {
        Assert.Null(TargetNames.WhyRefused(Encoding.UTF8.GetBytes(name), PathRules.Windows));
        Assert.Null(TargetNames.WhyRefused(Encoding.UTF8.GetBytes(name), PathRules.Posix));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_by_Windows_but_lone_surrogates_are_not()
    {
        Assert.NotNull(TargetNames.WhyRefused([0x61, 0xFF], PathRules.Windows));
        Assert.NotNull(TargetNames.WhyRefused([0xFF, .. "\uFFFD"u8], PathRules.Windows));
        Assert.NotNull(TargetNames.WhyRefused([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], PathRules.Windows));
        Assert.Null(TargetNames.WhyRefused([0x61, 0xFF], PathRules.Posix));
        Assert.Null(TargetNames.WhyRefused([0x61, 0xED, 0xA0, 0x80], PathRules.Windows));
    }

    [Fact]
    public void Names_longer_than_255_characters_are_refused_by_Windows()
    {
        Assert.Null(TargetNames.WhyRefused(Encoding.UTF8.GetBytes(new string('\u65E5', 255)), PathRules.Windows));
        Assert.NotNull(TargetNames.WhyRefused(Encoding.UTF8.GetBytes(new string('x', 256)), PathRules.Windows));
    }
}
