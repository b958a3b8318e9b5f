using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

public sealed partial class LocalBackend
{
    private bool? _onLocalDisk;

    /// <inheritdoc/>
    /// <remarks>
    /// Only on a disk of this computer: the connection to a share may break and come back, and then everything has to be there to be sent
    /// again.
    /// </remarks>
    public bool TakesPacksInPieces => _onLocalDisk ??= _files.IsOnLocalDisk(Location);

    /// <inheritdoc/>
    /// <remarks>The file lies in one of the folders of packs, drawn by lot, as its own is not known before its end.</remarks>
    public IGrowingFile BeginPack(CancellationToken cancellationToken)
    {
        if (!TakesPacksInPieces)
        {
            throw new InvalidOperationException($"{Location} takes whole packs only");
        }

        try
        {
            SettleFolders();
            string folder = (Draw() & 0xFF).ToString("x2", CultureInfo.InvariantCulture);
            SafeFileHandle file = CreateBeside(Path.Combine(_root, RepositoryLayout.FolderOf(FileType.Pack), folder, NamelessPack), 0, out string temporary);
            return new GrowingFile(this, file, temporary);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "begin a pack in", Location, _files);
        }
    }

    private sealed class GrowingFile(LocalBackend owner, SafeFileHandle file, string temporary) : IGrowingFile
    {
        private bool _ended;

        public long Length { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            try
            {
                owner._files.Write(file, bytes, Length);
                Length += bytes.Length;
            }
            catch (Exception e) when (StorageError.IsOne(e))
            {
                throw StorageError.Translate(e, "write", temporary, owner._files);
            }
        }

        public void ReadBack(long offset, Span<byte> destination)
        {
            try
            {
                for (int done = 0; done < destination.Length;)
                {
                    int read = owner._files.Read(file, destination[done..], offset + done);
                    done += read > 0 ? read : throw new RepositoryException(
                        RepositoryErrorKind.Storage, $"{temporary} ends at {offset + done} bytes; {Length} were written to it a moment ago");
                }
            }
            catch (Exception e) when (StorageError.IsOne(e))
            {
                throw StorageError.Translate(e, "read", temporary, owner._files);
            }
        }

        public async ValueTask PublishAsync(FileHandle name, CancellationToken cancellationToken)
        {
            try
            {
                await Task.Run(() => Publish(owner.PathOf(name), cancellationToken), cancellationToken);
            }
            catch (Exception e) when (StorageError.IsOne(e))
            {
                throw StorageError.Translate(e, "write", owner.Named(name), owner._files);
            }
        }

        public void Dispose()
        {
            if (!_ended)
            {
                _ended = true;
                file.Dispose();
                owner.Discard(temporary);
            }
        }

        private void Publish(string path, CancellationToken cancellationToken)
        {
            string folder = Path.GetDirectoryName(path)!;
            bool canFlush;
            try
            {
                canFlush = owner._files.Flush(file);
                owner._files.Close(file);
                cancellationToken.ThrowIfCancellationRequested();
                owner.CreateMissingFolders(folder);
            }
            catch
            {
                Dispose();
                throw;
            }

            _ended = true;
            owner.Publish(temporary, path, folder, canFlush);
            owner._files.MakeReadOnly(path, owner._forGroup);
        }
    }
}
