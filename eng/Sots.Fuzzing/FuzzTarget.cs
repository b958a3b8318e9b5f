using System.Text;

namespace Sots.Fuzzing;

/// <summary>
/// One decoder under fire. A target is one small file in <c>Targets</c> and a line in <see cref="FuzzTargets"/>; its committed inputs lie in
/// <c>tests/Sots.Fuzzing.Tests/Corpus</c> under its name.
/// </summary>
internal abstract class FuzzTarget
{
    /// <summary>Its word on the command line and the name of its folder: small letters and dashes.</summary>
    public abstract string Name { get; }

    /// <summary>What is decoded and which laws are checked, in one line for the list.</summary>
    public abstract string About { get; }

    /// <summary>Inputs to begin with, made by our own code or by hand.</summary>
    public abstract IEnumerable<byte[]> Seeds { get; }

    /// <summary>What the decoder compares with: names of members, marks, limits. A mutation puts them anywhere.</summary>
    public virtual IEnumerable<byte[]> Words => [];

    /// <summary>Longest input in bytes.</summary>
    public virtual int MaxLength => 8 * 1024;

    /// <summary>
    /// Managed bytes that one input may cost, all that the laws allocate included. Finds what believes a length that somebody else wrote.
    /// </summary>
    public virtual long AllocationLimit(int inputLength) => (1 << 20) + (1024L * inputLength);

    /// <summary>
    /// Decodes the input and checks the laws. Catches what the decoder declares, around the decoder only: any exception that leaves is a
    /// finding.
    /// </summary>
    /// <returns>True where the decoder took the input, false where it refused it in the way it says it does.</returns>
    /// <exception cref="BrokenLawException">What was decoded breaks a law.</exception>
    public abstract bool Run(ReadOnlySpan<byte> input);

    /// <summary>Words as UTF-8.</summary>
    protected static IEnumerable<byte[]> Utf8(params IEnumerable<string> words) => words.Select(Encoding.UTF8.GetBytes);
}

/// <summary>A law that does not hold. The message says which.</summary>
internal sealed class BrokenLawException(string message) : Exception(message);

/// <summary>What targets say of their laws.</summary>
internal static class Law
{
    /// <summary>Throws where a law does not hold.</summary>
    public static void Holds(bool law, string text)
    {
        if (!law)
        {
            throw new BrokenLawException(text);
        }
    }

    /// <summary>Throws where two byte strings differ.</summary>
    public static void Same(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found, string text)
    {
        if (!expected.SequenceEqual(found))
        {
            int at = expected.CommonPrefixLength(found);
            throw new BrokenLawException($"{text}: {expected.Length} and {found.Length} bytes, different from byte {at} on");
        }
    }
}
