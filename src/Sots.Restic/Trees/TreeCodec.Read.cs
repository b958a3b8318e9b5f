using System.Text.Json;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Trees;

/// <content>Reading.</content>
public static partial class TreeCodec
{
    /// <summary>A longer plaintext is not a tree: 256 MiB.</summary>
    public const int MaxLength = Limits.TreeLength;

    private static readonly byte[][] TreeMembers = [[.. "nodes"u8]];

    /// <summary>
    /// Reads a tree. What restic reads is read: members in any order, unknown members, white space, unsorted nodes, null for a member
    /// that may be missing. So are unsafe names (<see cref="Node.HasSafeName"/>), types nobody knows and names that stand there twice:
    /// the caller has to say what is wrong with them. Everything else is refused.
    /// </summary>
    /// <param name="json">The plaintext of the blob.</param>
    /// <param name="what">Names the tree in messages, for example <c>tree 1a2b3c4d</c>.</param>
    /// <returns>The nodes in the order they stand in.</returns>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.Damaged"/>: it is not a tree, and which node is wrong;
    /// <see cref="RepositoryErrorKind.LimitExceeded"/>: it is longer than <see cref="MaxLength"/>, has more than
    /// <see cref="Limits.TreeEntries"/> entries, or a name is longer than
    /// <see cref="MaxNameLength"/>.
    /// </exception>
    public static List<Node> Read(ReadOnlySpan<byte> json, string what) => Read(json, what, mayTrail: false);

    /// <summary>The same, for a restore: where <paramref name="mayTrail"/> is true, what follows the tree's end is passed over, as restic 0.19 does.</summary>
    internal static List<Node> Read(ReadOnlySpan<byte> json, string what, bool mayTrail)
    {
        if (json.Length > MaxLength)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded, $"{what} has {json.Length} bytes, at most {MaxLength} were expected");
        }

        NodeReader nodeReader = new(what);
        List<Node>? nodes = null;
        try
        {
            Utf8JsonReader reader = StrictJson.Open(json);
            StrictJson.Next(ref reader);
            ObjectMembers members = new(ref reader, TreeMembers);
            while (members.Next(ref reader))
            {
                if (members.Current < 0)
                {
                    reader.Skip();
                }
                else if (reader.TokenType == JsonTokenType.Null)
                {
                    nodes = [];
                }
                else
                {
                    StrictJson.Expect(ref reader, JsonTokenType.StartArray, "a list of nodes");
                    nodes = [];
                    for (StrictJson.Next(ref reader); reader.TokenType != JsonTokenType.EndArray; StrictJson.Next(ref reader))
                    {
                        nodes.Add(nodes.Count < Limits.TreeEntries
                            ? nodeReader.Read(ref reader, json)
                            : throw new RepositoryException(RepositoryErrorKind.LimitExceeded, $"{what} has more than {Limits.TreeEntries} entries"));
                    }

                    nodeReader.Leave();
                }
            }

            if (!mayTrail)
            {
                StrictJson.End(ref reader);
            }

            members.Require(0);
            return nodes!;
        }
        catch (JsonException e)
        {
            throw RepositoryException.Damage(what, nodeReader.Place + e.Message, e);
        }
    }
}
