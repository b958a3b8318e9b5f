using System.IO.MemoryMappedFiles;

namespace Sots.Fuzzing.Driving;

/// <summary>
/// What the process that runs inputs tells the one that watches it, through memory that survives its death: how far it is, and the input it
/// is at. That is how an input is found that ends the process (a stack overflow, a bad pointer) or never ends.
/// </summary>
internal sealed class Mailbox : IDisposable
{
    private const int RunsAt = 0, TimeAt = 8, LengthAt = 16, InputAt = 24;
    private const int MaxInput = 1 << 20;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Opens or makes the mailbox.</summary>
    /// <param name="path">Its file.</param>
    public Mailbox(string path)
    {
        using FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        stream.SetLength(InputAt + MaxInput);
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Inputs run.</summary>
    public long Runs => _view.ReadInt64(RunsAt);

    /// <summary>Processor time used, as far as it was told.</summary>
    public TimeSpan Time
    {
        get => TimeSpan.FromTicks(_view.ReadInt64(TimeAt));
        set => _view.Write(TimeAt, value.Ticks);
    }

    /// <summary>The input that is, or was, being run.</summary>
    public byte[] Input
    {
        get
        {
            byte[] input = new byte[Math.Clamp(_view.ReadInt32(LengthAt), 0, MaxInput)];
            _view.ReadArray(InputAt, input, 0, input.Length);
            return input;
        }
    }

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        _view.Write(RunsAt, 0L);
        _view.Write(TimeAt, 0L);
        _view.Write(LengthAt, 0);
    }

    /// <summary>Tells of the input that comes next.</summary>
    public void Tell(byte[] input)
    {
        _view.Write(RunsAt, Runs + 1);
        _view.Write(LengthAt, input.Length);
        _view.WriteArray(InputAt, input, 0, input.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
