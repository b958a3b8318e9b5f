using CsCheck;
using Sots.Backup.Restoring;

namespace Sots.Backup.Tests.Restoring;

public sealed class SecurityDescriptorTests
{
    /// <summary>Owner and group S-1-5-18, one entry that allows S-1-1-0 everything.</summary>
    private static readonly byte[] Sound =
    [
        1, 0, 0x04, 0x80, 20, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 44, 0, 0, 0,
        1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
        1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
        2, 0, 28, 0, 1, 0, 0, 0,
        0, 0, 20, 0, 0xFF, 1, 0x1F, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
    ];

    [Fact]
    public void A_sound_descriptor_is_taken_apart()
    {
        Assert.True(SecurityDescriptor.TryParse(Sound, out SecurityDescriptor descriptor));
        Assert.Equal((20, 32, 44), (descriptor.Owner, descriptor.Group, descriptor.Dacl));
    }

    [Fact]
    public void A_descriptor_cut_off_anywhere_is_refused()
    {
        for (int length = 0; length < Sound.Length; length++)
        {
            Assert.False(SecurityDescriptor.TryParse(Sound.AsSpan(0, length), out _), $"cut to {length} bytes");
        }
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3, 0x00)]
    [InlineData(4, 19)]
    [InlineData(7, 0x7F)]
    [InlineData(7, 0xFF)]
    [InlineData(16, 46)]
    [InlineData(20, 0)]
    [InlineData(21, 16)]
    [InlineData(46, 200)]
    [InlineData(46, 4)]
    [InlineData(48, 2)]
    [InlineData(54, 3)]
    public void A_descriptor_with_a_wrong_number_in_it_is_refused(int offset, int value)
    {
        byte[] wrong = [.. Sound];
        wrong[offset] = (byte)value;
        Assert.False(SecurityDescriptor.TryParse(wrong, out _));
    }

    [Fact]
    public void Any_bytes_are_either_refused_or_lie_within_bounds() =>
        Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.Byte).Array[0, 6].Sample(changes =>
        {
            byte[] bytes = [.. Sound];
            foreach ((int offset, byte value) in changes)
            {
                bytes[offset] = value;
            }

            if (SecurityDescriptor.TryParse(bytes, out SecurityDescriptor descriptor))
            {
                Assert.InRange(descriptor.Owner, 0, bytes.Length - 8);
                Assert.InRange(descriptor.Group, 0, bytes.Length - 8);
                Assert.InRange(descriptor.Dacl, 0, bytes.Length - 8);
            }
        });
}
