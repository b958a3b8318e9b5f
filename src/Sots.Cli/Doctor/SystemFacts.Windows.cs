using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32;
using Microsoft.Win32.SafeHandles;

namespace Sots.Cli.Doctor;

/// <summary>Asks the volume for the number of its disk, and the registry for the rest.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsSystemFacts : SystemFacts
{
    private const uint GetDeviceNumber = 0x2D1080, ShareAll = 7, OpenExisting = 3;

    /// <inheritdoc/>
    public override bool? LongPathsEnabled =>
        Registry.GetValue(@"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\FileSystem", "LongPathsEnabled", 0) is 1;

    /// <inheritdoc/>
    public override bool HasDefender =>
        Registry.GetValue(@"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\WinDefend", "Start", 4) is 2;

    /// <inheritdoc/>
    public override unsafe string? DiskOf(string folder)
    {
        string? root = Path.GetPathRoot(folder)?.TrimEnd('\\');
        if (root is not [_, ':'])
        {
            return root;
        }

        using SafeFileHandle volume = CreateFile($@"\\.\{root}", 0, ShareAll, 0, OpenExisting, 0, 0);
        DeviceNumber number;
        return !volume.IsInvalid && DeviceIoControl(volume, GetDeviceNumber, null, 0, &number, (uint)sizeof(DeviceNumber), out _, 0)
            ? string.Create(CultureInfo.InvariantCulture, $"disk {number.Device}")
            : null;
    }

    [LibraryImport("kernel32.dll", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool DeviceIoControl(
        SafeFileHandle device, uint code, void* input, uint inputLength, DeviceNumber* output, uint outputLength, out uint returned, nint overlapped);

    [StructLayout(LayoutKind.Sequential)]
    private struct DeviceNumber
    {
        public int Type;
        public int Device;
        public int Partition;
    }
}
