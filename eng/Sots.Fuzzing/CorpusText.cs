using System.Globalization;
using System.Text;

namespace Sots.Fuzzing;

/// <summary>
/// Inputs as text: one a line, printable ASCII as it is, a backslash doubled, every other byte as <c>\xNN</c>, the empty input as <c>\e</c>.
/// A line that starts with "#" is a comment. So inputs can be read, compared, edited and merged like code.
/// </summary>
internal static class CorpusText
{
    private const string Empty = @"\e";

    /// <summary>The line of an input, without its end.</summary>
    public static string Line(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return Empty;
        }

        StringBuilder line = new(input.Length + 16);
        foreach (byte value in input)
        {
            _ = value switch
            {
                (byte)'\\' => line.Append(@"\\"),
                (byte)'#' when line.Length == 0 => line.Append(@"\x23"),
                >= 0x20 and < 0x7F => line.Append((char)value),
                _ => line.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
            };
        }

        return line.ToString();
    }

    /// <summary>The input of a line.</summary>
    /// <exception cref="FormatException">The line was not made by <see cref="Line"/>.</exception>
    public static byte[] Input(ReadOnlySpan<char> line)
    {
        if (line is Empty)
        {
            return [];
        }

        List<byte> input = new(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] is < ' ' or > '~')
            {
                throw new FormatException($"character {i} of a corpus line is not printable ASCII");
            }

            if (line[i] != '\\')
            {
                input.Add((byte)line[i]);
            }
            else if (i + 1 < line.Length && line[i + 1] == '\\')
            {
                input.Add((byte)'\\');
                i++;
            }
            else if (i + 3 < line.Length && line[i + 1] == 'x' && byte.TryParse(line.Slice(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                input.Add(value);
                i += 3;
            }
            else
            {
                throw new FormatException($"character {i} of a corpus line starts no escape");
            }
        }

        return [.. input];
    }

    /// <summary>All inputs of a file; none where there is no file.</summary>
    public static IEnumerable<byte[]> Read(string path) => File.Exists(path)
        ? File.ReadLines(path).Where(static line => line.Length > 0 && line[0] != '#').Select(static line => Input(line))
        : [];

    /// <summary>Cuts off a last line without an end: what wrote it was killed.</summary>
    public static void CutTornLine(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        string text = File.ReadAllText(path);
        if (!text.EndsWith('\n'))
        {
            File.WriteAllText(path, text[..(text.LastIndexOf('\n') + 1)]);
        }
    }
}
