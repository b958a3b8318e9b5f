using System.Globalization;
using Sots.Reliability.Processes;

namespace Sots.Reliability.SystemCalls;

/// <summary>What happens to a call.</summary>
/// <param name="Name">The error it gets, or SHORT, KILL or STOP.</param>
/// <param name="Stays">Whether all calls after it get the same.</param>
/// <param name="Calls">The kinds of calls that this can happen to.</param>
internal sealed record Hurt(string Name, bool Stays, params string[] Calls)
{
    private static readonly string[] Writing = ["create", "write", "fsync", "allocate", "truncate", "mkdir", "rename", "link"];

    /// <summary>Everything that the trial does to a call.</summary>
    public static IReadOnlyList<Hurt> All { get; } =
    [
        new("EIO", false, ["open", "list", "read", "stat", "flock", "close", "chmod", "times", "remove", .. Writing]),
        new("KILL", false, ["chmod", "times", "remove", "close", .. Writing]),
        new("ENOSPC", false, Writing),
        new("ENOSPC", true, Writing),
        new("EACCES", false, "open", "list", "create", "mkdir", "rename", "link", "remove", "chmod", "times"),
        new("EMFILE", false, "open", "create", "list"),
        new("EINTR", false, "open", "create", "read", "write", "fsync", "allocate", "truncate", "flock", "close"),
        new("SHORT", false, "read", "write"),
    ];

    /// <inheritdoc/>
    public override string ToString() => Stays ? Name + " for ever" : Name;
}

/// <summary>
/// A small library in C that is loaded before the C library and hurts the n-th call of a process (shim.c beside this file). Compiled when
/// it is needed; every call of the program goes through it, because the program asks its own symbol table (ARCHITECTURE.md).
/// </summary>
internal sealed class Shim(string library)
{
    private const string Resource = "shim.c";

    /// <summary>The compiler, or null.</summary>
    public static string? Compiler => Executable.Find("cc") ?? Executable.Find("gcc") ?? Executable.Find("clang");

    /// <summary>Compiles it into a folder.</summary>
    public static Shim Compile(string folder)
    {
        string source = Path.Combine(folder, Resource), library = Path.Combine(folder, "shim.so");
        using (Stream text = typeof(Shim).Assembly.GetManifestResourceStream(Resource)!)
        using (FileStream file = File.Create(source))
        {
            text.CopyTo(file);
        }

        new Executable(Compiler!).Run("-O2", "-shared", "-fPIC", "-o", library, source, "-ldl").Expect(0);
        return new Shim(library);
    }

    /// <summary>A program whose n-th call of those that the hurt is for is hurt.</summary>
    /// <param name="program">The program.</param>
    /// <param name="hurt">How.</param>
    /// <param name="number">Which call, from 1.</param>
    /// <param name="log">A file that is made when it happens.</param>
    /// <param name="folders">Calls on files below these count.</param>
    public Executable Around(Executable program, Hurt hurt, int number, string log, params string[] folders)
    {
        string before = program.Variables.GetValueOrDefault("LD_PRELOAD") is { Length: > 0 } other ? ":" + other : "";
        Executable shimmed = program
            .With("LD_PRELOAD", library + before)
            .With("SOTS_CALLS_UNDER", string.Join(':', folders))
            .With("SOTS_CALLS_OPS", string.Join(',', hurt.Calls))
            .With("SOTS_CALLS_NUMBER", number.ToString(CultureInfo.InvariantCulture))
            .With("SOTS_CALLS_ACT", hurt.Name)
            .With("SOTS_CALLS_LOG", log);
        return hurt.Stays ? shimmed.With("SOTS_CALLS_STAYS", "1") : shimmed;
    }
}
