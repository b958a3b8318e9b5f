namespace Sots.Testing;

/// <summary>Where a process touches the world.</summary>
public enum Seam
{
    /// <summary>The system calls of a repository in a folder, one a step.</summary>
    Files,

    /// <summary>The repository's storage, one call a file.</summary>
    Backend,

    /// <summary>The disk that is saved.</summary>
    Source,

    /// <summary>The disk that is restored to.</summary>
    Target,
}

/// <summary>What a call does, as far as faults care.</summary>
public enum CallNature
{
    /// <summary>It only looks.</summary>
    Looks,

    /// <summary>It changes something, all of it or nothing.</summary>
    Changes,

    /// <summary>It writes bytes, of which a part may arrive.</summary>
    Writes,

    /// <summary>It changes something if it can; a failure is no failure.</summary>
    Tries,
}

/// <summary>One call of a process into the world.</summary>
/// <param name="Seam">Where.</param>
/// <param name="Operation">What it is called there.</param>
/// <param name="Subject">The file, folder or entry it is about.</param>
/// <param name="Nature">What it does.</param>
public readonly record struct OutsideCall(Seam Seam, string Operation, string Subject, CallNature Nature);

/// <summary>How a call is let through.</summary>
/// <param name="Number">Its number, to know it again when it is over.</param>
/// <param name="Half">Write only half of the bytes.</param>
/// <param name="Skip">Do not make the call, and do not say so.</param>
public readonly record struct CallPass(long Number, bool Half = false, bool Skip = false);

/// <summary>Every call of one process into the world goes through its gate, whichever seam it crosses. Thread safe.</summary>
public abstract class CallGate
{
    /// <summary>Before a call; what it throws is the call's result.</summary>
    public abstract CallPass Enter(in OutsideCall call);

    /// <summary>After a call that was made; what it throws is the call's result.</summary>
    public abstract void Leave(in OutsideCall call, CallPass pass);
}
