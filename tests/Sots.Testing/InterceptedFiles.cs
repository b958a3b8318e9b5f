using Microsoft.Win32.SafeHandles;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Testing;

/// <summary>Leads every step of a repository's folder through a gate.</summary>
/// <param name="inner">The system.</param>
/// <param name="gate">The gate.</param>
internal sealed class InterceptedFiles(IDurableFiles inner, CallGate gate) : IDurableFiles
{
    public string FullForm(string path) => inner.FullForm(path);

    public RepositoryErrorKind KindOf(int error) => inner.KindOf(error);

    public long? FindLength(string path)
    {
        OutsideCall call = Look("look at", path);
        CallPass pass = gate.Enter(call);
        long? length = inner.FindLength(path);
        gate.Leave(call, pass);
        return length;
    }

    public bool IsGroupReadable(string path) => inner.IsGroupReadable(path);

    public bool FolderExists(string path) => inner.FolderExists(path);

    public bool Exists(string path) => inner.Exists(path);

    public List<string> Names(string folder)
    {
        OutsideCall call = Look("list", folder);
        CallPass pass = gate.Enter(call);
        List<string> names = inner.Names(folder);
        gate.Leave(call, pass);
        return names;
    }

    public SafeFileHandle OpenForReading(string path, out long length)
    {
        OutsideCall call = Look("open", path);
        CallPass pass = gate.Enter(call);
        SafeFileHandle file = inner.OpenForReading(path, out length);
        gate.Leave(call, pass);
        return file;
    }

    public int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        OutsideCall call = Look("read", "");
        CallPass pass = gate.Enter(call);
        int read = inner.Read(file, buffer, offset);
        gate.Leave(call, pass);
        return read;
    }

    public bool CreateFolder(string path, bool forGroup)
    {
        OutsideCall call = Change("make folder", path);
        CallPass pass = gate.Enter(call);
        bool made = inner.CreateFolder(path, forGroup);
        gate.Leave(call, pass);
        return made;
    }

    public SafeFileHandle CreateNew(string path, long length)
    {
        OutsideCall call = Change("create", path);
        CallPass pass = gate.Enter(call);
        SafeFileHandle file = inner.CreateNew(path, length);
        gate.Leave(call, pass);
        return file;
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        OutsideCall call = new(Seam.Files, "write", "", CallNature.Writes);
        CallPass pass = gate.Enter(call);
        inner.Write(file, pass.Half ? bytes[..(bytes.Length / 2)] : bytes, offset);
        gate.Leave(call, pass);
    }

    public bool Flush(SafeFileHandle file)
    {
        OutsideCall call = Change("flush", "");
        CallPass pass = gate.Enter(call);
        bool flushed = pass.Skip || inner.Flush(file);
        gate.Leave(call, pass);
        return flushed;
    }

    public void Close(SafeFileHandle file)
    {
        OutsideCall call = Change("close", "");
        CallPass pass = gate.Enter(call);
        inner.Close(file);
        gate.Leave(call, pass);
    }

    public void Rename(string from, string to)
    {
        OutsideCall call = Change("rename", to);
        CallPass pass = gate.Enter(call);
        inner.Rename(from, to);
        gate.Leave(call, pass);
    }

    public void FlushFolder(string path)
    {
        OutsideCall call = Change("flush folder", path);
        CallPass pass = gate.Enter(call);
        if (!pass.Skip)
        {
            inner.FlushFolder(path);
        }

        gate.Leave(call, pass);
    }

    public void MakeReadOnly(string path, bool forGroup)
    {
        OutsideCall call = new(Seam.Files, "protect", path, CallNature.Tries);
        CallPass pass = gate.Enter(call);
        if (!pass.Skip)
        {
            inner.MakeReadOnly(path, forGroup);
        }

        gate.Leave(call, pass);
    }

    public void Remove(string path)
    {
        OutsideCall call = Change("remove", path);
        CallPass pass = gate.Enter(call);
        inner.Remove(path);
        gate.Leave(call, pass);
    }

    private static OutsideCall Look(string operation, string path) => new(Seam.Files, operation, path, CallNature.Looks);

    private static OutsideCall Change(string operation, string path) => new(Seam.Files, operation, path, CallNature.Changes);
}
