using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sots.Restic.Crypto;

namespace Sots.Cli.Tests.Secrets;

/// <summary>A secret and every form in which something might let it out.</summary>
internal sealed class Canary
{
    private readonly List<(string Form, byte[] Bytes)> _forms = [];

    /// <summary>A password with characters that every encoding writes in another way.</summary>
    public static string NewPassword() => "k\u00e4n\"a\\r<i>&%+/ " + Convert.ToHexString(Guid.NewGuid().ToByteArray());

    /// <summary>Adds a text.</summary>
    public Canary Add(string name, string text)
    {
        Add(name, Encoding.UTF8.GetBytes(text));
        _forms.Add((name + " as UTF-16", Encoding.Unicode.GetBytes(text)));
        foreach (string form in new[]
        {
            Uri.EscapeDataString(text), System.Net.WebUtility.UrlEncode(text), JsonEncodedText.Encode(text).ToString(),
            JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), text.Replace("\"", "\\\"", StringComparison.Ordinal),
        })
        {
            _forms.Add((name + " escaped", Encoding.UTF8.GetBytes(form)));
        }

        return this;
    }

    /// <summary>Adds bytes: as they are, in hex, and in base64 wherever in a longer text they begin.</summary>
    public Canary Add(string name, byte[] secret)
    {
        _forms.Add((name, secret));
        _forms.Add((name + " in hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret))));
        _forms.Add((name + " in hex", Encoding.ASCII.GetBytes(Convert.ToHexString(secret))));
        for (int shift = 0; shift < 3; shift++)
        {
            byte[] shifted = [.. new byte[shift], .. secret];
            int first = shift == 0 ? 0 : shift + 1, last = shifted.Length * 4 / 3 - 2;
            _forms.Add((name + " in base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(shifted)[first..last])));
            _forms.Add((name + " in base64", Base64Url.EncodeToUtf8(shifted)[first..last]));
        }

        return this;
    }

    /// <summary>Adds the parts of a master key.</summary>
    public Canary Add(MasterKey key)
    {
        byte[] parts = new byte[MasterKey.TotalLength];
        key.CopyParts(parts);
        return Add("the encryption key", parts[..32]).Add("the key k", parts[32..48]).Add("the key r", parts[48..]);
    }

    /// <summary>Which form of which secret some bytes hold; null for none.</summary>
    public string? FindIn(ReadOnlySpan<byte> content)
    {
        foreach ((string form, byte[] bytes) in _forms)
        {
            if (content.IndexOf(bytes) >= 0)
            {
                return form;
            }
        }

        return null;
    }
}
