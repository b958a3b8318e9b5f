using System.Globalization;

namespace Sots.Reliability.Processes;

/// <summary>
/// A small file system of our own that can be filled, grown and cut off from its disk. Linux, root. A file system on an image file
/// (ext4, xfs) is a real one with a journal; tmpfs is quick and knows exact sizes.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Attempts = 100;
    private static readonly string[] Tools = ["mkfs.ext4", "mkfs.xfs", "xfs_io"];
    private readonly string _image;
    private readonly string _system;

    private SmallDisk(string folder, string image, string system) => (Folder, _image, _system) = (folder, image, system);

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>What is missing for any of them, or null.</summary>
    public static string? WhyNot() => !OperatingSystem.IsLinux() ? "loop mounts are needed (Linux)"
        : Environment.UserName != "root" ? "root is needed, to mount"
        : null;

    /// <summary>What is missing for real file systems that can be cut off, or null.</summary>
    public static string? WhyNoCuts() => WhyNot() ?? (Tools.FirstOrDefault(tool => Executable.Find(tool) is null) is { } missing
        ? $"{missing} is needed"
        : null);

    /// <summary>A file system in memory.</summary>
    /// <param name="folder">Where to mount it; made.</param>
    /// <param name="bytes">What it holds at most.</param>
    /// <param name="inodes">Files and folders at most; 0 for plenty.</param>
    public static SmallDisk InMemory(string folder, long bytes, int inodes = 0)
    {
        Directory.CreateDirectory(folder);
        Run("mount", "-t", "tmpfs", "-o", Size(bytes, inodes), "none", folder);
        return new SmallDisk(folder, "", "tmpfs");
    }

    /// <summary>A file system on an image file.</summary>
    /// <param name="folder">Where to mount it; made.</param>
    /// <param name="image">The image; made, takes no room before it is written to.</param>
    /// <param name="system"><c>ext4</c> or <c>xfs</c>.</param>
    /// <param name="bytes">Its size.</param>
    public static SmallDisk OnImage(string folder, string image, string system, long bytes)
    {
        Directory.CreateDirectory(folder);
        using (FileStream file = File.Create(image))
        {
            file.SetLength(bytes);
        }

        Run("mkfs." + system, system == "xfs" ? ["-q", "-f", image] : ["-q", "-F", "-m", "0", image]);
        SmallDisk disk = new(folder, image, system);
        disk.Mount();
        return disk;
    }

    /// <summary>Changes the size of a file system in memory.</summary>
    public void Resize(long bytes, int inodes = 0) => Run("mount", "-o", "remount," + Size(bytes, inodes), Folder);

    /// <summary>Bytes that are free.</summary>
    public long FreeBytes => new DriveInfo(Folder).AvailableFreeSpace;

    /// <summary>Bytes that are taken.</summary>
    public long UsedBytes => new DriveInfo(Folder) is var drive ? drive.TotalSize - drive.TotalFreeSpace : 0;

    /// <summary>
    /// The power fails: nothing that was not handed to the disk by now ever will be. The file system answers everything with errors until
    /// it is mounted anew.
    /// </summary>
    /// <param name="withJournal">Whether its journal still makes it to the disk.</param>
    public void Cut(bool withJournal) => Run("xfs_io", "-x", "-c", withJournal ? "shutdown -f" : "shutdown", Folder);

    /// <summary>The power is back: mounted anew, which replays the journal.</summary>
    public void ComeBack()
    {
        Unmount();
        Mount();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unmount();
        Directory.Delete(Folder);
        File.Delete(_image.Length > 0 ? _image : Folder + ".none");
    }

    private void Mount() => Run("mount", "-t", _system, "-o", "loop", _image, Folder);

    private void Unmount()
    {
        // Somebody may look into it for a moment longer.
        for (int attempt = 1; new Executable(Tool("umount")).Run(Folder).Code != 0; attempt++)
        {
            if (attempt == Attempts)
            {
                throw new InvalidOperationException($"{Folder} cannot be unmounted");
            }

            Thread.Sleep(20);
        }
    }

    private static string Size(long bytes, int inodes) => string.Create(CultureInfo.InvariantCulture, $"size={bytes},nr_inodes={(inodes == 0 ? 100_000 : inodes)}");

    private static void Run(string tool, params string[] words)
    {
        Ended ended = new Executable(Tool(tool)).Run(words);
        if (ended.Code != 0)
        {
            throw new InvalidOperationException($"{ended.Line} ended with {ended.Code}: {ended.Error}");
        }
    }

    private static string Tool(string name) => Executable.Find(name) ?? throw new InvalidOperationException($"{name} is not installed");
}
