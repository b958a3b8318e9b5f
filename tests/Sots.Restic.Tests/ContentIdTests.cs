using System.Text;

namespace Sots.Restic.Tests;

public class ContentIdTests
{
    [Fact]
    public void Text_and_bytes_are_two_forms_of_one_id()
    {
        ContentId id = ContentId.Of("abc"u8);
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", id.ToString());
        Assert.Equal(id, ContentId.Parse(id.ToString()));
        Assert.Equal(id, ContentId.Parse(id.ToString().ToUpperInvariant()));
        Assert.Equal(id, new ContentId(id.Bytes));
        Assert.Equal("ba7816bf", id.ToShortString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adb")]
    [InlineData("../816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void Anything_but_64_hex_digits_is_no_id(string text)
    {
        Assert.False(ContentId.TryParse(text, out _));
        Assert.False(ContentId.TryParse(Encoding.ASCII.GetBytes(text), out _));
    }

    [Fact]
    public void Order_is_that_of_the_bytes()
    {
        ContentId low = ContentId.Parse("00ff" + new string('0', 60));
        ContentId high = ContentId.Parse("01" + new string('0', 62));
        Assert.True(low < high);
        Assert.True(low.CompareTo(high) < 0);
    }
}
