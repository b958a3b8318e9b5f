using Sots.Restic.Backends;

namespace Sots.Testing;

/// <summary>What a backend can be asked for.</summary>
public enum BackendOperation
{
    /// <summary><see cref="IBackend.CreateLayoutAsync"/>.</summary>
    CreateLayout,

    /// <summary><see cref="IBackend.SaveAsync"/>, or the end of a pack that was stored in pieces.</summary>
    Save,

    /// <summary><see cref="IBackend.BeginPack"/>; the handle has the zero name.</summary>
    BeginPack,

    /// <summary><see cref="IBackend.LoadAsync"/>.</summary>
    Load,

    /// <summary><see cref="IBackend.LoadRangeAsync"/>.</summary>
    LoadRange,

    /// <summary><see cref="IBackend.FindLengthAsync"/>.</summary>
    FindLength,

    /// <summary><see cref="IBackend.ListAsync"/>; the handle has the kind and the zero name.</summary>
    List,

    /// <summary><see cref="IBackend.RemoveAsync"/>.</summary>
    Remove,
}

/// <summary>One call of a backend.</summary>
/// <param name="Operation">Which member.</param>
/// <param name="File">Which file; the config's handle for the layout.</param>
public readonly record struct BackendCall(BackendOperation Operation, FileHandle File);
