using System.Text;

namespace Sots.Cli.Configuration;

/// <summary>The reference of all keys for people, made from the table: docs/config.md.</summary>
internal static class ConfigReference
{
    /// <summary>The page as Markdown, with a line break at its end.</summary>
    public static string Text { get; } = Make();

    private static string Make()
    {
        StringBuilder page = new(Introduction.ReplaceLineEndings("\n"));
        Append(page, null);
        foreach ((string section, string about) in ConfigKeys.Sections)
        {
            page.Append($"\n## `{section}`\n\n{about}.\n");
            Append(page, section);
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, string? section)
    {
        page.Append("\n| key | what it is for | value | default | matters to |\n|---|---|---|---|---|\n");
        foreach (ConfigKey key in ConfigKeys.Table.Where(key => key.Section == section))
        {
            string standard = key.DefaultText.Contains('`', StringComparison.Ordinal) || key.DefaultText.Contains(' ', StringComparison.Ordinal) ? key.DefaultText : $"`{key.DefaultText}`";
            page.Append($"| `{key.ShortName}` | {Cell(key.Description)} | {Cell(key.Expected)} | {Cell(standard)} | {Cell(key.AppliesTo)} |\n");
        }
    }

    private static string Cell(string text) => text.Replace("|", @"\|", StringComparison.Ordinal).Replace("*", @"\*", StringComparison.Ordinal);

    private const string Introduction = """
        # The config

        `sots_backup_config.json` lies in the project's folder; `sots_backup init` writes one. It is looked for in the current folder and in those
        above it, and `--config FILE` (or the variable `SOTS_BACKUP_CONFIG`) names any other. Nothing in it is required: what it does not say has
        the default below. A flag beats an environment variable, a variable beats the config, the config beats the default.

        ```sh
        sots_backup config show      # what is in force, and where each value comes from
        sots_backup config check     # is the file right?
        sots_backup config schema    # the JSON schema that editors complete and check the file with
        ```

        - Comments (`//` and `/* */`) and a comma after the last value are allowed. A key that is not listed here, or a value that makes no sense,
          is an error that names the line; all errors are shown at once and nothing is done before they are corrected.
        - A relative path is relative to the folder of the file. `~` at the start of a path is your home folder; `%NAME%`, `$NAME` and `${NAME}`
          are environment variables, and one that is not set is an error. `$$` and `%%` are the signs themselves. In JSON a backslash is
          written twice: `C:\\UE5\\MyGame` or, simpler, `C:/UE5/MyGame`.
        - A size is a number with k, m, g or t for powers of 1024: `64M`. A time is a number with h, d, m or y for hours, days, months and years:
          `14d`, `1y6m`.
        - `exclude`, `iexclude` and the lines of `exclude_files` are patterns of restic's language: `*.tmp` or `Content/Dev` fit anywhere in a path,
          `!keep.tmp` takes back what an earlier pattern left out. They come before those of the command line and add to them.
        - `include` beats the Unreal preset, never an exclude of your own. A pattern with a `/` starts at the project's folder and leads into folders
          that are left out otherwise (`Saved/Logs/Keep`, `**/Intermediate/*.pdb`); one without fits names where the backup looks anyway.
        - A config above the project that names another `project_root` does not count for this project.
        - With `-r` or `RESTIC_REPOSITORY`, commands that are not about a project read no config unless `--config` names one.

        """;
}
