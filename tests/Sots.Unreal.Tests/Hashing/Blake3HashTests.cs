using System.Text;
using CsCheck;
using Sots.Unreal.Hashing;

namespace Sots.Unreal.Tests.Hashing;

/// <summary>BLAKE3: published values, the fast form against the obvious one, and that pieces do not matter.</summary>
public sealed class Blake3HashTests
{
    [Theory]
    [InlineData("", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")]
    [InlineData("abc", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85")]
    public void Short_texts_have_the_published_hashes(string text, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Blake3Hash.Of(Encoding.ASCII.GetBytes(text))));

    // Bytes 0 to 250 over and over, as in the published vectors; computed with the reference program.
    [Theory]
    [InlineData(1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213")]
    [InlineData(63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b")]
    [InlineData(64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98")]
    [InlineData(65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee")]
    [InlineData(1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11")]
    [InlineData(1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7")]
    [InlineData(1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444")]
    [InlineData(2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a")]
    [InlineData(2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030")]
    [InlineData(3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2")]
    [InlineData(4096, "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969")]
    [InlineData(8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63")]
    [InlineData(8193, "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b")]
    [InlineData(16384, "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4")]
    [InlineData(16385, "1dabe216be2578830263b049de1639f39f05a4da616b9b78c7a5e4e41662fd1f")]
    [InlineData(31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47")]
    [InlineData(102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085")]
    [InlineData(1000000, "5e82c663d164c54e4fcdfcd70e3ca464662228bdbad45cce2e0c2bff999064ef")]
    public void Long_inputs_have_the_hashes_of_the_reference_program(int length, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Blake3Hash.Of(Counting(length))));

    [Fact]
    public void Lanes_give_what_one_chunk_after_the_other_gives() => Gen.Byte.Array[8192].Select(Gen.ULong).Sample((chunks, first) =>
    {
        uint[] fast = new uint[64], slow = new uint[64];
        first = Math.Min(first, ulong.MaxValue - 8);
        Blake3Lanes.InLanes(chunks, first, fast);
        Blake3Lanes.OneByOne(chunks, first, slow);
        Assert.Equal(slow, fast);
    }, iter: 200);

    [Fact]
    public void Rows_give_what_the_obvious_form_gives() => Gen.Byte.Array[0, 1024].Select(Gen.ULong, Gen.Bool).Sample((chunk, counter, isRoot) =>
    {
        uint[] fast = new uint[8], slow = new uint[8], fastPair = new uint[8], slowPair = new uint[8];
        Blake3Rows.ChunkInRows(chunk, counter, isRoot, fast);
        Blake3Compression.Chunk(chunk, counter, isRoot, slow);
        Assert.Equal(slow, fast);
        Blake3Rows.ParentInRows(fast, [1, 2, 3, 4, 5, 6, 7, uint.MaxValue], isRoot, fastPair);
        Blake3Compression.Parent(slow, [1, 2, 3, 4, 5, 6, 7, uint.MaxValue], isRoot, slowPair);
        Assert.Equal(slowPair, fastPair);
    }, iter: 500);

    [Fact]
    public void It_does_not_matter_in_which_pieces_bytes_come() => Gen.Int[1, 20_000].Array[1, 8].Sample(pieces =>
    {
        byte[] all = Counting(pieces.Sum());
        Blake3Hash hash = new();
        int at = 0;
        foreach (int piece in pieces)
        {
            hash.Append(all.AsSpan(at, piece));
            at += piece;
        }

        byte[] result = new byte[Blake3Hash.Length];
        hash.Finish(result);
        Assert.Equal(Blake3Hash.Of(all), result);
    }, iter: 200);

    [Fact]
    public void A_hash_can_be_used_again()
    {
        Blake3Hash hash = new();
        byte[] first = new byte[20], second = new byte[20];
        hash.Append(Counting(5000));
        hash.Finish(first);
        hash.Append(Counting(5000));
        hash.Finish(second);
        Assert.Equal(first, second);
        Assert.Equal(Blake3Hash.Of(Counting(5000))[..20], first);
    }

    private static byte[] Counting(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)(i % 251))];
}
