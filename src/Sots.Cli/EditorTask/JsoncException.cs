namespace Sots.Cli.EditorTask;

/// <summary>A text is no JSON with comments.</summary>
/// <param name="line">Line of the fault, from 1.</param>
/// <param name="column">Column of the fault, from 1, in UTF-16 units as editors count.</param>
/// <param name="message">What was expected, without a full stop.</param>
internal sealed class JsoncException(int line, int column, string message) : Exception(message)
{
    /// <summary>Line of the fault, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Column of the fault, from 1.</summary>
    public int Column { get; } = column;

    /// <summary>A fault at an offset of a text. Lines end as they do in editors: LF, CR LF, or CR alone.</summary>
    public static JsoncException At(string text, int offset, string message)
    {
        int line = 1, start = 0;
        for (int i = 0; i < offset; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                line++;
                start = i + 1;
            }
        }

        return new JsoncException(line, offset - start + 1, message);
    }
}
