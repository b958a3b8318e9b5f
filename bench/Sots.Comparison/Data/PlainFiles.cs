using System.Text;

namespace Sots.Comparison;

/// <summary>Files whose bytes are of one kind.</summary>
internal static class PlainFiles
{
    private const int Megabyte = 1 << 20;
    private const int FileMegabytes = 8;

    /// <summary>One long file: random and repeating stretches of 16 MB by turns.</summary>
    public static void WriteHalfRandom(string folder, long megabytes, int seed)
    {
        const int stretch = 16;
        Random random = new(seed);
        byte[] noise = new byte[Megabyte];
        Directory.CreateDirectory(folder);
        using FileStream file = File.Create(Path.Combine(folder, "One.pak"));
        for (long at = 0; at < megabytes; at++)
        {
            random.NextBytes(noise);
            if (at / stretch % 2 == 1)
            {
                // A quarter is new; the rest are copies of it.
                for (int i = Megabyte / 4; i < Megabyte; i++)
                {
                    noise[i] = noise[i - 64 - (i % 192 / 64 * 64)];
                }
            }

            file.Write(noise);
        }
    }

    /// <summary>Files of zeros.</summary>
    public static void WriteZeros(string folder, int megabytes) => Write(folder, megabytes, "bin", static (_, content) => content.AsSpan().Clear());

    /// <summary>Files of words, numbers and lines, all different.</summary>
    public static void WriteText(string folder, int megabytes, int seed)
    {
        string[] words = ["actor", "component", "float", "void", "return", "if", "Transform", "UPROPERTY", "(EditAnywhere)", "Location", "=", "->", "{", "}", "0.5f", "const"];
        Random random = new(seed);
        Write(folder, megabytes, "cpp", (number, content) =>
        {
            StringBuilder line = new();
            for (int at = 0; at < content.Length;)
            {
                line.Clear().Append(number).Append(' ').Append(random.Next());
                for (int i = random.Next(3, 12); i > 0; i--)
                {
                    line.Append(' ').Append(words[random.Next(words.Length)]);
                }

                line.Append('\n');
                byte[] bytes = Encoding.ASCII.GetBytes(line.ToString());
                int length = Math.Min(bytes.Length, content.Length - at);
                bytes.AsSpan(0, length).CopyTo(content.AsSpan(at));
                at += length;
            }
        });
    }

    private static void Write(string folder, int megabytes, string extension, Action<int, byte[]> fill)
    {
        Directory.CreateDirectory(folder);
        for (int number = 0; number * FileMegabytes < megabytes; number++)
        {
            byte[] content = new byte[Math.Min(FileMegabytes, megabytes - (number * FileMegabytes)) * Megabyte];
            fill(number, content);
            File.WriteAllBytes(Path.Combine(folder, $"{number:0000}.{extension}"), content);
        }
    }
}
