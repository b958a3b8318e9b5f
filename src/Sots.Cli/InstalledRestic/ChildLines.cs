using System.Text;

namespace Sots.Cli.InstalledRestic;

/// <summary>
/// Takes lines out of a stream of bytes as a terminal would show them in the end: of what is written over with carriage returns, only
/// the last remains. Not thread safe.
/// </summary>
/// <param name="line">Told each line, without its end.</param>
internal sealed class ChildLines(Action<string> line)
{
    /// <summary>Longest line that is kept, in bytes; of a longer one the rest is left out.</summary>
    private const int MaxLength = 16 * 1024;

    private readonly List<byte> _line = [];
    private bool _returned, _binary;

    /// <summary>Takes the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (!_binary)
            {
                Add(value);
            }
        }
    }

    /// <summary>The stream has ended; tells of a last line without an end.</summary>
    public void End()
    {
        if (_line.Count > 0)
        {
            Tell();
        }
    }

    private void Add(byte value)
    {
        switch (value)
        {
            case 0:
                // The content of a file, or an archive: that is nothing for a log.
                _binary = true;
                _line.Clear();
                line("(binary output is not logged)");
                return;
            case (byte)'\n':
                _returned = false;
                Tell();
                return;
            case (byte)'\r':
                _returned = true;
                return;
        }

        if (_returned)
        {
            _returned = false;
            _line.Clear();
        }

        if (_line.Count < MaxLength)
        {
            _line.Add(value);
        }
    }

    private void Tell()
    {
        line(Encoding.UTF8.GetString([.. _line]));
        _line.Clear();
    }
}
