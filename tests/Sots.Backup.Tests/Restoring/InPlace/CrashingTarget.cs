using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Tests.Restoring.InPlace;

/// <summary>The process is gone. No part of the program catches this.</summary>
public sealed class CrashException() : Exception("the process was killed");

/// <summary>The real disk until a number of calls that change something are made; from then on every call fails as in a dead process.</summary>
/// <param name="callsBeforeCrash">How many calls go through.</param>
internal sealed class CrashingTarget(int callsBeforeCrash) : TargetFileSystem
{
    private int _calls;

    /// <summary>Whether the process died.</summary>
    public bool HasCrashed => Volatile.Read(ref _calls) > callsBeforeCrash;

    /// <inheritdoc/>
    public override TargetDirectory OpenRoot(DiskPath target, bool create) => new Folder(this, Current.OpenRoot(target, create));

    private void Step(bool changes = true)
    {
        if (HasCrashed || (changes && Interlocked.Increment(ref _calls) > callsBeforeCrash))
        {
            throw new CrashException();
        }
    }

    private sealed class Folder(CrashingTarget owner, TargetDirectory inner) : TargetDirectory(inner.Path, PathRules.Current)
    {
        private readonly TargetDirectory _inner = inner;

        public override List<byte[]> Entries()
        {
            owner.Step(changes: false);
            return _inner.Entries();
        }

        public override void Dispose() => _inner.Dispose();

        private protected override TargetDirectory OpenDirectoryCore(byte[] name, bool create)
        {
            owner.Step(create);
            TargetDirectory opened = create ? _inner.OpenOrCreateDirectory(name) : _inner.OpenDirectory(name);
            return new Folder(owner, opened) { WasCreated = opened.WasCreated };
        }

        private protected override bool TryGetStatusCore(byte[] name, out FileStatus status)
        {
            owner.Step(changes: false);
            return _inner.TryGetStatus(name, out status);
        }

        private protected override TargetFile OpenForWriteCore(byte[] name, out bool existed)
        {
            owner.Step();
            return new OpenFile(owner, _inner.OpenForWrite(name, out existed));
        }

        private protected override TargetFile OpenForReadCore(byte[] name)
        {
            owner.Step(changes: false);
            return new OpenFile(owner, _inner.OpenForRead(name));
        }

        private protected override TargetFile CreateFileCore(byte[] name)
        {
            owner.Step();
            return new OpenFile(owner, _inner.CreateFile(name));
        }

        private protected override void RenameOverCore(byte[] temporary, byte[] name)
        {
            owner.Step();
            _inner.RenameOver(temporary, name);
        }

        private protected override void CreateSymlinkCore(byte[] name, ReadOnlySpan<byte> target)
        {
            owner.Step();
            _inner.CreateSymlink(name, target);
        }

        private protected override void CreateHardLinkCore(TargetDirectory existingDirectory, byte[] existingName, byte[] name)
        {
            owner.Step();
            _inner.CreateHardLink(((Folder)existingDirectory)._inner, existingName, name);
        }

        private protected override void CreateSpecialCore(byte[] name, Node node)
        {
            owner.Step();
            _inner.CreateSpecial(node);
        }

        private protected override bool RemoveCore(byte[] name, bool recursive)
        {
            owner.Step();
            return _inner.Remove(name, recursive);
        }

        private protected override void ApplyMetadataCore(byte[]? name, Node node, MetadataOptions options, Action<string> problem)
        {
            owner.Step();
            if (name is null)
            {
                _inner.ApplyOwnMetadata(node, options, problem);
            }
            else
            {
                _inner.ApplyMetadata(node, options, problem);
            }
        }
    }

    private sealed class OpenFile(CrashingTarget owner, TargetFile inner) : TargetFile
    {
        public override void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            owner.Step();
            inner.Write(offset, bytes);
        }

        public override int Read(long offset, Span<byte> buffer)
        {
            owner.Step(changes: false);
            return inner.Read(offset, buffer);
        }

        public override void SetLength(long length)
        {
            owner.Step();
            inner.SetLength(length);
        }

        public override void Preallocate(long length)
        {
            owner.Step();
            inner.Preallocate(length);
        }

        public override void Flush()
        {
            owner.Step();
            inner.Flush();
        }

        public override FileStatus Status()
        {
            owner.Step(changes: false);
            return inner.Status();
        }

        public override bool TryApplyMetadata(Node node, MetadataOptions options, Action<string> problem)
        {
            owner.Step();
            return inner.TryApplyMetadata(node, options, problem);
        }

        public override void Dispose() => inner.Dispose();
    }
}
