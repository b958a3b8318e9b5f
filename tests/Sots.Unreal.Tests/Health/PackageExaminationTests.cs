using CsCheck;
using Sots.Testing.Unreal;
using Sots.Unreal.Health;
using Sots.Unreal.Packages;
using Sots.Unreal.Tests.Packages;

namespace Sots.Unreal.Tests.Health;

/// <summary>Damage that can be known is found, in any pieces; a healthy package is never accused.</summary>
public sealed class PackageExaminationTests
{
    [Theory]
    [MemberData(nameof(PackageReaderTests.Versions), MemberType = typeof(PackageReaderTests))]
    public void A_healthy_package_is_not_accused_in_any_version(int version4, int version5)
    {
        PackageHealth health = Examine(PackageReaderTests.Lamp(version4, version5).Write());
        Assert.Empty(health.Findings);
        Assert.Equal(version5 >= 1016, health.IsSignatureRight);
    }

    [Fact]
    public void It_does_not_matter_in_which_pieces_the_bytes_come() =>
        Gen.Select(Gen.Int[0, PackageReaderTests.Pairs.Length - 1], Gen.Int[1, 400].Array[1, 20], Gen.Int[-1, 3000]).Sample((pair, pieces, flipped) =>
        {
            byte[] bytes = PackageReaderTests.Lamp(PackageReaderTests.Pairs[pair].Version4, PackageReaderTests.Pairs[pair].Version5).Write();
            if (flipped >= 0)
            {
                bytes[flipped % bytes.Length] ^= 0x10;
            }

            PackageExamination examination = new(bytes.Length);
            for (int at = 0, i = 0; at < bytes.Length; i++)
            {
                int length = Math.Min(pieces[i % pieces.Length], bytes.Length - at);
                examination.Append(bytes.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(Examine(bytes).Findings, examination.Finish().Findings);
        }, iter: 3000);

    [Fact]
    public void Every_flipped_bit_of_a_signed_package_is_found()
    {
        byte[] whole = PackageReaderTests.Lamp(522, 1018).Write();
        List<int> missed = [];
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] bytes = [.. whole];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Examine(bytes).Findings.Count == 0)
            {
                missed.Add(bit / 8);
            }
        }

        // What nothing vouches for: three numbers in the header of a payload that is not compressed, and two in the list about it.
        Assert.Equal([], missed.Distinct().Where(offset => !IsUnused(whole, offset)));
    }

    [Theory]
    [InlineData(522, 0)]
    [InlineData(522, 1012)]
    [InlineData(522, 1018)]
    public void A_package_cut_anywhere_is_found(int version4, int version5)
    {
        byte[] whole = PackageReaderTests.Lamp(version4, version5).Write();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.True(Examine(whole[..length]).IsDamaged, $"{length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public void A_zeroed_end_is_called_what_it_is()
    {
        byte[] bytes = PackageReaderTests.Lamp(522, 0).Write();
        bytes.AsSpan(bytes.Length - 50).Clear();
        Assert.Equal(PackageCause.Truncated, Examine(bytes).Damage?.Cause);
        Assert.Contains("zero", Examine(bytes).Damage?.Message);
    }

    [Fact]
    public void A_payload_that_is_elsewhere_is_named_and_no_damage()
    {
        PackageHealth health = Examine(new PackageWriter { Payloads = [[1, 2, 3]], VirtualizedPayloads = 2 }.Write());
        PackageFinding finding = Assert.Single(health.Findings);
        Assert.Equal((PackageCause.Virtualized, false), (finding.Cause, health.IsDamaged));
    }

    [Fact]
    public void A_damaged_payload_is_named_by_its_offset()
    {
        byte[] bytes = new PackageWriter { Payloads = [[.. Enumerable.Repeat((byte)9, 200)]] }.Write();
        bytes[^100] ^= 1;
        PackageFinding finding = Assert.Single(Examine(bytes).Findings);
        Assert.Equal(PackageCause.Payload, finding.Cause);
    }

    [Theory]
    [InlineData("", PackageCause.Empty)]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n", PackageCause.LfsPointer)]
    [InlineData("\0\0\0\0\0\0\0\0", PackageCause.Zeroed)]
    [InlineData("plain text", PackageCause.NotAPackage)]
    public void What_is_no_package_is_named(string text, PackageCause expected) =>
        Assert.Equal(expected, Examine(System.Text.Encoding.Latin1.GetBytes(text)).Damage?.Cause);

    [Theory]
    [InlineData(0x200, 522, 0)]
    [InlineData(0x200, 522, 1018)]
    [InlineData(0x80000000, 522, 1012)]
    [InlineData(0x80000200, 522, 1018)]
    public void A_cooked_package_with_versions_ends_with_its_header_and_is_not_accused(uint flags, int version4, int version5)
    {
        byte[] whole = new PackageWriter { Version4 = version4, Version5 = version5, Flags = flags }.Write();
        byte[] withoutData = whole[..PackageReader.ReadSummary(whole, whole.Length).TotalHeaderSize];
        PackageHealth health = Examine(withoutData);
        Assert.Equal(PackageCause.Cooked, Assert.Single(health.Findings).Cause);
        Assert.Equal((false, "Blueprint"), (health.IsDamaged, health.Header?.AssetClass));
        Assert.True(Examine(withoutData[..^1]).IsDamaged);
        withoutData[^1] ^= 1;
        Assert.False(Examine(withoutData).IsDamaged);
    }

    [Fact]
    public void A_file_that_was_longer_when_it_was_listed_is_truncated()
    {
        byte[] bytes = new PackageWriter().Write();
        PackageExamination examination = new(bytes.Length + 10);
        examination.Append(bytes);
        Assert.Equal(PackageCause.Truncated, examination.Finish().Damage?.Cause);
    }

    internal static PackageHealth Examine(byte[] bytes)
    {
        PackageExamination examination = new(bytes.Length);
        examination.Append(bytes);
        return examination.Finish();
    }

    private static bool IsUnused(byte[] whole, int offset)
    {
        int list = whole.AsSpan().IndexOf(BitConverter.GetBytes(0xD1C43B2E80A5F697));
        int inList = (offset - list - 28) % 49;
        bool flags = offset >= list + 28 && offset < list + 28 + (2 * 49) && inList is >= 44 and < 49;
        int first = list + 28 + (2 * 49), second = first + 64 + 300;
        return flags || offset - first is >= 4 and < 16 || offset - second is >= 4 and < 16;
    }
}
