using System.Text.Json;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Trees;

/// <content>Reading what is no tree any more.</content>
public static partial class TreeCodec
{
    /// <summary>
    /// Reads the nodes that can be read of a blob that <see cref="Read(ReadOnlySpan{byte}, string)"/> refuses: each for itself, up to where it is no JSON any more. What
    /// stands behind the list of nodes does not matter.
    /// </summary>
    /// <param name="json">The verified plaintext of the blob.</param>
    /// <param name="lost">Nodes that could not be read; of what follows broken JSON nobody knows how many there were, it counts as one.</param>
    /// <returns>The nodes; null where there is no list of nodes at all.</returns>
    internal static List<Node>? Salvage(ReadOnlySpan<byte> json, out int lost)
    {
        lost = 0;
        List<Node>? nodes = null;
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            if (!FindNodes(ref reader))
            {
                return null;
            }

            nodes = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (TryReadNode(json[start..(int)reader.BytesConsumed]) is { } node)
                {
                    nodes.Add(node);
                }
                else
                {
                    lost++;
                }
            }
        }
        catch (JsonException)
        {
            lost++;
        }

        return nodes;
    }

    private static bool FindNodes(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Not by the reader itself, which throws for half of a surrogate pair.
            bool isNodes = StrictJson.Utf8OfToken(ref reader).AsSpan().SequenceEqual("nodes"u8);
            if (!reader.Read() || (isNodes && reader.TokenType == JsonTokenType.StartArray))
            {
                return isNodes;
            }

            reader.Skip();
        }

        return false;
    }

    private static Node? TryReadNode(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = StrictJson.Open(json);
            StrictJson.Next(ref reader);
            return new NodeReader("a node").Read(ref reader, json);
        }
        catch (Exception e) when (e is JsonException or RepositoryException)
        {
            return null;
        }
    }
}
