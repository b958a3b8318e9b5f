using System.Globalization;
using System.Text;
using CsCheck;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Restic.Tests.Trees;

public class NameQuotingTests
{
    [Theory]
    [InlineData("plain name.uasset", "plain name.uasset")]
    [InlineData("a\"b\\c", "a\\\"b\\\\c")]
    [InlineData("\a\b\f\n\r\t\v", "\\a\\b\\f\\n\\r\\t\\v")]
    [InlineData("\u0001\u001f\u007f", "\\x01\\x1f\\x7f")]
    [InlineData("'`<&>", "'`<&>")]
    [InlineData("äöü 素材 😀", "äöü 素材 😀")]
    [InlineData("\u00a0\u00ad\u200b\ufeff\u2028", "\\u00a0\\u00ad\\u200b\\ufeff\\u2028")]
    [InlineData("\ue000\U000f0000", "\\ue000\\U000f0000")]
    [InlineData("\ufffd", "\ufffd")]
    [InlineData("", "")]
    public void Characters_are_quoted_as_listed(string name, string quoted)
    {
        Assert.Equal(quoted, Quote(Encoding.UTF8.GetBytes(name)));
        Assert.Equal(Encoding.UTF8.GetBytes(name), Unquote(quoted));
    }

    [Theory]
    [InlineData("FF", "\\xff")]
    [InlineData("C080", "\\xc0\\x80")] // overlong
    [InlineData("EDA080", "\\xed\\xa0\\x80")] // a surrogate
    [InlineData("F4908080", "\\xf4\\x90\\x80\\x80")] // beyond U+10FFFF
    [InlineData("E282", "\\xe2\\x82")] // cut off
    [InlineData("E28241", "\\xe2\\x82A")]
    [InlineData("F09F98C3A4", "\\xf0\\x9f\\x98ä")]
    public void Every_bad_byte_counts_for_itself(string hex, string quoted)
    {
        Assert.Equal(quoted, Quote(Convert.FromHexString(hex)));
        Assert.Equal(Convert.FromHexString(hex), Unquote(quoted));
    }

    [Theory]
    [InlineData("\\101\\377", "41FF")]
    [InlineData("\\xFF\\u00E4\\U0001F600", "FFC3A4F09F9880")]
    [InlineData("\t\u007f", "097F")]
    public void Other_spellings_are_read(string quoted, string hex) => Assert.Equal(Convert.FromHexString(hex), Unquote(quoted));

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a\nb")]
    [InlineData("\\")]
    [InlineData("\\'")]
    [InlineData("\\/")]
    [InlineData("\\x")]
    [InlineData("\\xf")]
    [InlineData("\\xfg")]
    [InlineData("\\400")]
    [InlineData("\\08")]
    [InlineData("\\07")]
    [InlineData("\\u123")]
    [InlineData("\\ud800")]
    [InlineData("\\U00110000")]
    [InlineData("\\Uffffffff")]
    [InlineData("\\U0001f60")]
    public void A_wrong_quoting_is_refused(string quoted) =>
        Assert.False(NameQuoting.TryUnquote(Encoding.UTF8.GetBytes(quoted), new byte[64], out _));

    [Fact]
    public void Unquoting_undoes_quoting_for_any_bytes() =>
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.String[Gen.Char, 0, 20].Select(Encoding.UTF8.GetBytes)).Sample(name =>
        {
            string quoted = Quote(name);
            Assert.Equal(name, Unquote(quoted));
            Assert.DoesNotContain(quoted, char.IsControl);
        });

    [Fact]
    public void Quoting_needs_no_more_room_than_it_says()
    {
        byte[] worst = [.. Enumerable.Repeat((byte)0xFF, 100)];
        Assert.Equal(worst.Length * NameQuoting.MaxGrowth, NameQuoting.Quote(worst, new byte[worst.Length * NameQuoting.MaxGrowth]));
    }

    [Fact]
    public void The_characters_left_literal_are_those_of_restic_0_19_1()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        bool[] literal = new bool[0x110000];
        foreach (string line in File.ReadLines(SharedMaterial.PathOf("vectors", "isprint-go1.26.4.tsv")).Where(line => line[0] != '#'))
        {
            int[] range = [.. line.Split('\t').Select(field => int.Parse(field, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            Array.Fill(literal, true, range[0], range[1] - range[0] + 1);
        }

        // It cannot be in a file name, so it was not measured.
        literal['/'] = true;
        byte[] name = new byte[4], quoted = new byte[16];
        for (int codePoint = 0; codePoint < literal.Length; codePoint++)
        {
            if (Rune.TryCreate(codePoint, out Rune rune))
            {
                ReadOnlySpan<byte> utf8 = name.AsSpan(0, rune.EncodeToUtf8(name));
                bool isLiteral = utf8.SequenceEqual(quoted.AsSpan(0, NameQuoting.Quote(utf8, quoted)));
                Assert.True(literal[codePoint] == isLiteral, $"U+{codePoint:X4}");
            }
        }
    }

    private static string Quote(byte[] name)
    {
        byte[] quoted = new byte[name.Length * NameQuoting.MaxGrowth];
        return Encoding.UTF8.GetString(quoted, 0, NameQuoting.Quote(name, quoted));
    }

    private static byte[] Unquote(string quoted)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(quoted);
        Assert.True(NameQuoting.TryUnquote(utf8, utf8, out int written));
        return utf8[..written];
    }
}
