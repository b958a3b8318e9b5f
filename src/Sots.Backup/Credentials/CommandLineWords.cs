using System.Text;
using Sots.Restic;

namespace Sots.Backup.Credentials;

/// <summary>
/// Splits a command into its words without a shell: blanks separate, single and double quotes group, a backslash before a quote makes
/// it an ordinary character. Other backslashes stay, for they are Windows paths.
/// </summary>
public static class CommandLineWords
{
    /// <summary>The words.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: a quote is not closed, or there is no word.</exception>
    public static IReadOnlyList<string> Split(string command, string option)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool inWord = false;
        char quote = '\0';
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            bool escapesQuote = c == '\\' && i + 1 < command.Length && command[i + 1] is '"' or '\'' && (quote == '\0' || command[i + 1] == quote);
            if (escapesQuote)
            {
                word.Append(command[++i]);
                inWord = true;
            }
            else if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
                inWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Finish();
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        Finish();
        return quote != '\0'
            ? throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"The command of {option} has a quote that is not closed.")
            : words.Count > 0 ? words : throw new RepositoryException(RepositoryErrorKind.InvalidRequest, $"The command of {option} is empty.");

        void Finish()
        {
            if (inWord)
            {
                words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
        }
    }
}
