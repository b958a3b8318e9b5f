using System.Text;
using Sots.Testing.Unreal;

namespace Sots.Comparison;

/// <summary>
/// Many small files as the editor writes them for levels with one file per actor: packages that pass the health check, which ours makes of
/// every file that it reads. The bytes compress about as such files do.
/// </summary>
internal static class ActorFiles
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const double MedianLength = 4500, Spread = 1.0;
    private const int MinLength = 2 << 10, MaxLength = 450 << 10;

    /// <summary>About what a package takes besides the data of its objects.</summary>
    private const int PackageLength = 1 << 10;

    public static void Write(string folder, int count, int seed)
    {
        Random random = new(seed);
        byte[] shared = SharedBytes(random);
        char[] name = new char[25];
        for (int i = 0; i < count; i++)
        {
            random.GetItems(Digits.AsSpan(), name);
            string first = new(name, 0, 1), second = new(name, 1, 2), file = new(name, 3, 22);
            string parent = Path.Combine(folder, "Content", "__ExternalActors__", "Maps", "Town", first, second);
            Directory.CreateDirectory(parent);
            File.WriteAllBytes(Path.Combine(parent, file + ".uasset"), TestPackage.Actor("Maps/Town", $"{first}/{second}", file, $"Rock_{i}", Content(random, shared)));
        }
    }

    /// <summary>What the files have in common: names and zeros.</summary>
    private static byte[] SharedBytes(Random random)
    {
        byte[] shared = new byte[64 << 10];
        for (int at = 0; at < shared.Length - 32; at += random.Next(16, 32))
        {
            Encoding.ASCII.GetBytes($"/Script/Engine.{random.Next(5000)}", shared.AsSpan(at));
        }

        return shared;
    }

    private static byte[] Content(Random random, byte[] shared)
    {
        // The sum of twelve uniform numbers is close enough to a normal distribution.
        double normal = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
        byte[] content = new byte[(int)Math.Clamp(MedianLength * Math.Exp(Spread * normal), MinLength, MaxLength) - PackageLength];
        for (int at = 0; at < content.Length;)
        {
            Span<byte> part = content.AsSpan(at, Math.Min(random.Next(64, 512), content.Length - at));
            shared.AsSpan(random.Next(shared.Length - part.Length), part.Length).CopyTo(part);
            random.NextBytes(part[..(part.Length / 4)]);
            at += part.Length;
        }

        return content;
    }
}
