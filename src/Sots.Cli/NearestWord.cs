namespace Sots.Cli;

/// <summary>Finds the word somebody meant.</summary>
internal static class NearestWord
{
    /// <summary>The candidate with the fewest typing mistakes between, or that begins as the word does; null where none is near.</summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        string? nearest = null;
        int least = Math.Max(1, word.TrimStart('-').Length / 3) + 1;
        foreach (string candidate in candidates.Order(StringComparer.Ordinal))
        {
            // A beginning counts as one mistake: less than that is a better guess, more a worse one.
            int mistakes = word.Length > 3 && candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 1 : Mistakes(word, candidate);
            if (mistakes < least)
            {
                (nearest, least) = (candidate, mistakes);
            }
        }

        return nearest;
    }

    /// <summary>Letters inserted, left out, replaced, or swapped with their neighbour.</summary>
    internal static int Mistakes(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[left.Length, right.Length];
    }
}
