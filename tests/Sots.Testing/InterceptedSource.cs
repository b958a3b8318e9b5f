using Sots.Backup;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Testing;

/// <summary>Leads every call into the disk that is saved through a gate.</summary>
/// <param name="inner">The disk.</param>
/// <param name="gate">The gate.</param>
public sealed class InterceptedSource(SourceFileSystem inner, CallGate gate) : SourceFileSystem
{
    /// <inheritdoc/>
    public override SourceDirectory OpenDirectory(DiskPath path, bool followLink = false)
    {
        OutsideCall call = Call("list", path);
        CallPass pass = gate.Enter(call);
        SourceDirectory directory = inner.OpenDirectory(path, followLink);
        gate.Leave(call, pass);
        return new Listing(directory, path, gate);
    }

    /// <inheritdoc/>
    public override FileStatus GetStatus(DiskPath path, bool followLinks)
    {
        OutsideCall call = Call("look at", path);
        CallPass pass = gate.Enter(call);
        FileStatus status = inner.GetStatus(path, followLinks);
        gate.Leave(call, pass);
        return status;
    }

    /// <inheritdoc/>
    public override SourceFile OpenFile(DiskPath path)
    {
        OutsideCall call = Call("open", path);
        CallPass pass = gate.Enter(call);
        SourceFile file = inner.OpenFile(path);
        gate.Leave(call, pass);
        return new OpenSource(file, gate);
    }

    private protected override void AddMetadata(Node node, DiskPath path, in FileStatus status, Action<string> problem, bool followLinks)
    {
        OutsideCall call = Call("read metadata", path);
        CallPass pass = gate.Enter(call);
        Copy(inner.CreateNode(node.Name, path, status, static _ => 0, false, problem, followLinks), node);
        gate.Leave(call, pass);
    }

    private static OutsideCall Call(string operation, DiskPath path) => new(Seam.Source, operation, path.ToString(), CallNature.Looks);

    private static void Copy(Node from, Node to)
    {
        to.User = from.User;
        to.Group = from.Group;
        to.LinkTarget = from.LinkTarget;
        to.ExtendedAttributes = from.ExtendedAttributes;
        to.GenericAttributes = from.GenericAttributes;
    }

    private sealed class Listing(SourceDirectory inner, DiskPath path, CallGate gate) : SourceDirectory
    {
        public override int Count => inner.Count;

        public override ReadOnlySpan<byte> NameOf(int index) => inner.NameOf(index);

        public override bool TryGetStatus(int index, out FileStatus status)
        {
            OutsideCall call = Call("look at", path.Join(inner.NameOf(index)));
            CallPass pass = gate.Enter(call);
            bool found = inner.TryGetStatus(index, out status);
            gate.Leave(call, pass);
            return found;
        }

        public override void Dispose() => inner.Dispose();
    }

    private sealed class OpenSource(SourceFile inner, CallGate gate) : SourceFile
    {
        public override DiskPath Path => inner.Path;

        public override FileStatus Status => inner.Status;

        public override int Read(Span<byte> buffer)
        {
            OutsideCall call = Call("read", inner.Path);
            CallPass pass = gate.Enter(call);
            int read = inner.Read(buffer);
            gate.Leave(call, pass);
            return read;
        }

        public override FileStatus StatusNow()
        {
            OutsideCall call = Call("look at open", inner.Path);
            CallPass pass = gate.Enter(call);
            FileStatus status = inner.StatusNow();
            gate.Leave(call, pass);
            return status;
        }

        public override void Dispose() => inner.Dispose();

        private protected override void AddMetadata(Node node, Action<string> problem)
        {
            OutsideCall call = Call("read metadata", inner.Path);
            CallPass pass = gate.Enter(call);
            Copy(inner.CreateNode(node.Name, static _ => 0, false, problem), node);
            gate.Leave(call, pass);
        }
    }
}
