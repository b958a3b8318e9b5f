namespace Sots.Cli.InstalledRestic;

/// <summary>Tells a restic which repository is meant and where its password is, in variables that hold no secret.</summary>
internal static class HandOver
{
    private const string PasswordVariable = "RESTIC_PASSWORD", FileVariable = "RESTIC_PASSWORD_FILE", CommandVariable = "RESTIC_PASSWORD_COMMAND";

    /// <summary>
    /// Sets the variables, and takes away those that say something else. A password in a file or from a command is handed over as such:
    /// restic fetches it itself. One in a variable of our own environment is there for restic already, where its user has put it. One that
    /// is typed is asked for by restic. So no secret is ever put on a command line or into an environment by this program.
    /// </summary>
    /// <param name="variables">The child's variables.</param>
    /// <param name="settings">The repository.</param>
    /// <param name="global">What else flags say.</param>
    /// <returns>Arguments to stand before the user's.</returns>
    public static IReadOnlyList<string> Apply(IDictionary<string, string?> variables, RepositorySettings settings, GlobalSettings global)
    {
        variables["RESTIC_REPOSITORY"] = settings.Location.Value;
        variables.Remove("RESTIC_REPOSITORY_FILE");
        PasswordSource password = settings.Password;
        string? kept = password.Kind switch
        {
            PasswordKind.File => FileVariable,
            PasswordKind.Command => CommandVariable,
            PasswordKind.Variable => password.Where,
            _ => null,
        };
        foreach (string other in new[] { PasswordVariable, FileVariable, CommandVariable }.Where(name => name != kept))
        {
            variables.Remove(other);
        }

        if (password.Kind is PasswordKind.File or PasswordKind.Command)
        {
            variables[kept!] = password.Where;
        }

        if (global.KeyHint is { } hint)
        {
            variables["RESTIC_KEY_HINT"] = hint;
        }

        return password.Kind == PasswordKind.Empty ? ["--insecure-no-password"] : [];
    }
}
