using SharpFuzz;
using Sots.Testing;

namespace Sots.Fuzzing.Driving;

/// <summary>
/// A copy of this program whose libraries count their branches. Only the copy runs inputs; what was built stays as it is.
/// </summary>
internal static class InstrumentedCopy
{
    private static readonly string[] Libraries = ["Sots.Restic.dll", "Sots.Backup.dll", "Sots.Unreal.dll", "sots_backup.dll", "ZstdSharp.dll", "Sots.Testing.dll"];

    /// <summary>Makes the copy.</summary>
    /// <param name="folder">Where; what is there is replaced.</param>
    /// <param name="only">The libraries that are to count; null for all.</param>
    /// <returns>The program to start with the runtime's host.</returns>
    public static string Make(string folder, IReadOnlyList<string>? only = null)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(static file => Path.GetExtension(file) is ".dll" or ".json" or ".pdb"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        foreach (string library in only ?? Libraries)
        {
            // An older state of the symbols would point at wrong lines; the names of methods are enough.
            File.Delete(Path.Combine(folder, Path.ChangeExtension(library, ".pdb")));
            _ = Fuzzer.Instrument(Path.Combine(folder, library), Counts, Options.Value).Count();
        }

        return Path.Combine(folder, "Sots.Fuzzing.dll");
    }

    /// <summary>Of what is for tests only the planted fault; and no loops of cryptography, which every input runs alike.</summary>
    private static bool Counts(string type) =>
        type.StartsWith("Sots.Testing.", StringComparison.Ordinal) ? type == typeof(PlantedFault).FullName
        : !type.StartsWith("Sots.Restic.Crypto.Scrypt", StringComparison.Ordinal)
            && !type.StartsWith("Sots.Restic.Crypto.Poly1305", StringComparison.Ordinal)
            && !type.StartsWith("Sots.Restic.Crypto.Aes", StringComparison.Ordinal);
}
