using System.Buffers;

namespace Sots.Restic.Backends;

public sealed partial class LocalBackend
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The folders that files of a kind may lie in. Of those in <c>data</c> only the ones named by two hex digits are visited.</summary>
    private List<string> FoldersOf(FileType type)
    {
        string folder = Path.Combine(_root, RepositoryLayout.FolderOf(type));
        return type switch
        {
            FileType.Config => [],
            FileType.Pack => Names(folder).FindAll(static name => IsPackFolder(name)).ConvertAll(name => Path.Combine(folder, name)),
            _ => [folder],
        };
    }

    /// <summary>
    /// The files of one folder. A pack that lies in another folder than its name says could never be opened and is passed over, as is
    /// what goes away while we look. Something else in the place of a file (a folder, a pipe, a link that leads nowhere) is listed with no
    /// length, so that whoever reads it says so; only among the locks it is passed over, as nobody can hold it.
    /// </summary>
    private List<StoredFile> FilesIn(string folder, FileType type)
    {
        List<StoredFile> found = [];
        string pack = type == FileType.Pack ? Path.GetFileName(folder) : "";
        foreach (string name in Names(folder).Where(name => IsFileName(name, pack)))
        {
            string path = Path.Combine(folder, name);
            try
            {
                if (_files.FindLength(path) is long length)
                {
                    found.Add(new StoredFile(ContentId.Parse(name), length));
                }
                else if (type != FileType.Lock && _files.Exists(path))
                {
                    found.Add(new StoredFile(ContentId.Parse(name), 0));
                }
            }
            catch (Exception e) when (StorageError.IsOne(e))
            {
                throw StorageError.Translate(e, "look at", path, _files);
            }
        }

        return found;
    }

    private List<string> Names(string folder)
    {
        try
        {
            return _files.Names(folder);
        }
        catch (DirectoryNotFoundException) when (!_files.Exists(folder))
        {
            return [];
        }
        catch (DirectoryNotFoundException e)
        {
            throw new RepositoryException(RepositoryErrorKind.Storage, $"cannot list {folder}: it is not a folder", null, e);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "list", folder, _files);
        }
    }

    // Names are written in lower case; on a file system that tells the cases apart no other spelling could be opened again.
    private static bool IsFileName(ReadOnlySpan<char> name, string pack) =>
        name.Length == ContentId.HexLength && IsLowerHex(name) && name.StartsWith(pack, StringComparison.Ordinal);

    private static bool IsPackFolder(ReadOnlySpan<char> name) => name.Length == 2 && IsLowerHex(name);

    private static bool IsLowerHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(LowerHex);
}
