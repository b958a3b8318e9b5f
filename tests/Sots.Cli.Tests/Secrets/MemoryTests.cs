using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.Secrets;

/// <summary>When a command is over, neither the password nor the key is anywhere in the memory of the process.</summary>
public sealed class MemoryTests
{
    private const byte Mask = 0x5A;

    [Fact]
    public async Task After_a_command_no_copy_of_password_or_key_is_left_in_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc/self/mem");
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["Game", "Content"]);
        await File.WriteAllTextAsync(folder["Game", "Game.uproject"], "{}", TestContext.Current.CancellationToken);
        TestPackage.WriteText(folder["Game", "Content", "a.uasset"], "asset");
        List<(string What, byte[] Masked)> secrets = [("the password", WritePassword(folder["password"]))];
        CliRunner cli = new(folder) { WorkingDirectory = folder["Game"] };
        cli.Variables.Clear();
        string[] flags = ["-p", folder["password"], "--repo", folder["repo"]];
        foreach (string words in new[] { "init", "backup Content", "check --read-data", "restore latest --target ../T", "key list", "forget --keep-last 1 --prune", "snapshots" })
        {
            CliResult result = await cli.RunAsync([.. words.Split(' '), .. flags]);
            Assert.True(result.Code == 0, $"{words}: {result.Error}");
        }

        await AddKeyAsync(folder, secrets);
        Assert.Equal("", string.Join(", ", FindInMemory(secrets)));
    }

    /// <summary>The search finds what is there: else the law above could not fail.</summary>
    [Fact]
    public void A_secret_that_is_in_memory_is_found()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc/self/mem");
        byte[] secret = RandomNumberGenerator.GetBytes(16);
        byte[] masked = [.. secret.Select(value => (byte)(value ^ Mask))];
        Assert.Equal(["it"], FindInMemory([("it", masked)]));
        GC.KeepAlive(secret);
    }

    /// <summary>Writes a random password and keeps only its masked form.</summary>
    private static byte[] WritePassword(string path)
    {
        byte[] password = GC.AllocateArray<byte>(32, pinned: true);
        byte[] masked = new byte[32];
        for (int i = 0; i < password.Length; i++)
        {
            password[i] = (byte)('A' + RandomNumberGenerator.GetInt32(26));
            masked[i] = (byte)(password[i] ^ Mask);
        }

        using (FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 }))
        {
            file.Write(password);
        }

        CryptographicOperations.ZeroMemory(password);
        return masked;
    }

    private static async Task AddKeyAsync(TempFolder folder, List<(string What, byte[] Masked)> secrets)
    {
        using LocalBackend backend = new(folder["repo"]);
        using Backup.Credentials.Password password = Backup.Credentials.PasswordFile.Read(folder["password"], static _ => { });
        using OpenRepository repository = await Restic.Repository.OpenAsync(backend, password.Bytes, new OpenOptions(), CancellationToken.None);
        byte[] parts = GC.AllocateArray<byte>(MasterKey.TotalLength, pinned: true);
        repository.Key.CopyParts(parts);
        secrets.Add(("the encryption key", [.. parts.AsSpan(0, 32)]));
        secrets.Add(("the key k", [.. parts.AsSpan(32, 16)]));
        foreach ((_, byte[] masked) in secrets.Skip(1))
        {
            for (int i = 0; i < masked.Length; i++)
            {
                masked[i] ^= Mask;
            }
        }

        CryptographicOperations.ZeroMemory(parts);
    }

    private static List<string> FindInMemory(List<(string What, byte[] Masked)> secrets)
    {
        HashSet<string> found = [];
        using FileStream memory = new("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(1 << 20, pinned: true);
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!parts[1].StartsWith("rw", StringComparison.Ordinal) || line.EndsWith("[vvar]", StringComparison.Ordinal))
            {
                continue;
            }

            string[] range = parts[0].Split('-');
            long start = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), end = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            for (long at = start; at < end; at += buffer.Length - 64)
            {
                int length = Read(memory, at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)));
                foreach ((string what, byte[] masked) in secrets)
                {
                    if (Holds(buffer.AsSpan(0, length), masked))
                    {
                        found.Add(what);
                    }
                }
            }
        }

        return [.. found];
    }

    private static int Read(FileStream memory, long at, Span<byte> buffer)
    {
        try
        {
            memory.Position = at;
            return memory.Read(buffer);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static bool Holds(ReadOnlySpan<byte> memory, byte[] masked)
    {
        byte first = (byte)(masked[0] ^ Mask), second = (byte)(masked[1] ^ Mask);
        ReadOnlySpan<byte> begin = [first, second];
        for (int at = memory.IndexOf(begin); at >= 0 && at + masked.Length <= memory.Length;)
        {
            int i = 0;
            while (i < masked.Length && (byte)(memory[at + i] ^ Mask) == masked[i])
            {
                i++;
            }

            if (i == masked.Length)
            {
                return true;
            }

            int next = memory[(at + 1)..].IndexOf(begin);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }
}
