using Sots.Backup;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Testing;

/// <summary>Leads every call into the target of a restore through a gate.</summary>
/// <param name="inner">The disk.</param>
/// <param name="gate">The gate.</param>
public sealed class InterceptedTarget(TargetFileSystem inner, CallGate gate) : TargetFileSystem
{
    /// <inheritdoc/>
    public override TargetDirectory OpenRoot(DiskPath target, bool create)
    {
        OutsideCall call = Call("open root", target, create ? CallNature.Changes : CallNature.Looks);
        CallPass pass = gate.Enter(call);
        Folder opened = new(gate, inner.OpenRoot(target, create));
        gate.Leave(call, pass);
        return opened;
    }

    private static OutsideCall Call(string operation, DiskPath path, CallNature nature) => new(Seam.Target, operation, path.ToString(), nature);

    private sealed class Folder(CallGate gate, TargetDirectory inner) : TargetDirectory(inner.Path, PathRules.Current)
    {
        private readonly TargetDirectory _inner = inner;

        public override List<byte[]> Entries()
        {
            OutsideCall call = Call("list", Path, CallNature.Looks);
            CallPass pass = gate.Enter(call);
            List<byte[]> entries = _inner.Entries();
            gate.Leave(call, pass);
            return entries;
        }

        public override void FlushFileSystem()
        {
            OutsideCall call = Call("flush all", Path, CallNature.Changes);
            CallPass pass = gate.Enter(call);
            if (!pass.Skip)
            {
                _inner.FlushFileSystem();
            }

            gate.Leave(call, pass);
        }

        public override void Dispose() => _inner.Dispose();

        private protected override TargetDirectory OpenDirectoryCore(byte[] name, bool create)
        {
            OutsideCall call = Call(create ? "make folder" : "open folder", PathOf(name), create ? CallNature.Changes : CallNature.Looks);
            CallPass pass = gate.Enter(call);
            TargetDirectory opened = create ? _inner.OpenOrCreateDirectory(name) : _inner.OpenDirectory(name);
            Leave(call, pass, opened);
            return new Folder(gate, opened) { WasCreated = opened.WasCreated };
        }

        private protected override bool TryGetStatusCore(byte[] name, out FileStatus status)
        {
            OutsideCall call = Call("look at", PathOf(name), CallNature.Looks);
            CallPass pass = gate.Enter(call);
            bool found = _inner.TryGetStatus(name, out status);
            gate.Leave(call, pass);
            return found;
        }

        private protected override TargetFile OpenForWriteCore(byte[] name, out bool existed)
        {
            OutsideCall call = Call("open to write", PathOf(name), CallNature.Changes);
            CallPass pass = gate.Enter(call);
            TargetFile file = _inner.OpenForWrite(name, out existed);
            Leave(call, pass, file);
            return new OpenFile(gate, file, PathOf(name));
        }

        private protected override TargetFile OpenForReadCore(byte[] name)
        {
            OutsideCall call = Call("open", PathOf(name), CallNature.Looks);
            CallPass pass = gate.Enter(call);
            TargetFile file = _inner.OpenForRead(name);
            Leave(call, pass, file);
            return new OpenFile(gate, file, PathOf(name));
        }

        private protected override TargetFile CreateFileCore(byte[] name)
        {
            OutsideCall call = Call("create", PathOf(name), CallNature.Changes);
            CallPass pass = gate.Enter(call);
            TargetFile file = _inner.CreateFile(name);
            Leave(call, pass, file);
            return new OpenFile(gate, file, PathOf(name));
        }

        private protected override void RenameOverCore(byte[] temporary, byte[] name)
        {
            OutsideCall call = Call("rename", PathOf(name), CallNature.Changes);
            CallPass pass = gate.Enter(call);
            _inner.RenameOver(temporary, name);
            gate.Leave(call, pass);
        }

        private protected override void CreateSymlinkCore(byte[] name, ReadOnlySpan<byte> target)
        {
            OutsideCall call = Call("make link", PathOf(name), CallNature.Changes);
            CallPass pass = gate.Enter(call);
            _inner.CreateSymlink(name, target);
            gate.Leave(call, pass);
        }

        private protected override void CreateHardLinkCore(TargetDirectory existingDirectory, byte[] existingName, byte[] name)
        {
            OutsideCall call = Call("make hard link", PathOf(name), CallNature.Changes);
            CallPass pass = gate.Enter(call);
            _inner.CreateHardLink(((Folder)existingDirectory)._inner, existingName, name);
            gate.Leave(call, pass);
        }

        private protected override void CreateSpecialCore(byte[] name, Node node)
        {
            OutsideCall call = Call("make special", PathOf(name), CallNature.Changes);
            CallPass pass = gate.Enter(call);
            _inner.CreateSpecial(node);
            gate.Leave(call, pass);
        }

        private protected override bool RemoveCore(byte[] name, bool recursive)
        {
            OutsideCall call = Call("remove", PathOf(name), CallNature.Changes);
            CallPass pass = gate.Enter(call);
            bool removed = _inner.Remove(name, recursive);
            gate.Leave(call, pass);
            return removed;
        }

        private protected override void ApplyMetadataCore(byte[]? name, Node node, MetadataOptions options, Action<string> problem)
        {
            OutsideCall call = Call("set metadata", name is null ? Path : PathOf(name), CallNature.Changes);
            CallPass pass = gate.Enter(call);
            if (name is null)
            {
                _inner.ApplyOwnMetadata(node, options, problem);
            }
            else
            {
                _inner.ApplyMetadata(node, options, problem);
            }

            gate.Leave(call, pass);
        }

        /// <summary>What was opened by a call that then failed belongs to nobody.</summary>
        private void Leave(in OutsideCall call, CallPass pass, IDisposable opened)
        {
            try
            {
                gate.Leave(call, pass);
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        }
    }

    private sealed class OpenFile(CallGate gate, TargetFile inner, DiskPath path) : TargetFile
    {
        public override void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            OutsideCall call = Call("write", path, CallNature.Writes);
            CallPass pass = gate.Enter(call);
            inner.Write(offset, pass.Half ? bytes[..(bytes.Length / 2)] : bytes);
            gate.Leave(call, pass);
        }

        public override int Read(long offset, Span<byte> buffer)
        {
            OutsideCall call = Call("read", path, CallNature.Looks);
            CallPass pass = gate.Enter(call);
            int read = inner.Read(offset, buffer);
            gate.Leave(call, pass);
            return read;
        }

        public override void SetLength(long length)
        {
            OutsideCall call = Call("set length", path, CallNature.Changes);
            CallPass pass = gate.Enter(call);
            inner.SetLength(length);
            gate.Leave(call, pass);
        }

        public override void Preallocate(long length)
        {
            OutsideCall call = Call("reserve", path, CallNature.Changes);
            CallPass pass = gate.Enter(call);
            inner.Preallocate(length);
            gate.Leave(call, pass);
        }

        public override void Flush()
        {
            OutsideCall call = Call("flush", path, CallNature.Changes);
            CallPass pass = gate.Enter(call);
            if (!pass.Skip)
            {
                inner.Flush();
            }

            gate.Leave(call, pass);
        }

        public override FileStatus Status()
        {
            OutsideCall call = Call("look at open", path, CallNature.Looks);
            CallPass pass = gate.Enter(call);
            FileStatus status = inner.Status();
            gate.Leave(call, pass);
            return status;
        }

        public override bool TryApplyMetadata(Node node, MetadataOptions options, Action<string> problem)
        {
            OutsideCall call = Call("set metadata", path, CallNature.Changes);
            CallPass pass = gate.Enter(call);
            bool applied = inner.TryApplyMetadata(node, options, problem);
            gate.Leave(call, pass);
            return applied;
        }

        public override void Dispose() => inner.Dispose();
    }
}
