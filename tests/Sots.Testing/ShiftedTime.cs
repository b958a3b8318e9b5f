namespace Sots.Testing;

/// <summary>The real clock, ahead of or behind itself. Waits take the time they take.</summary>
public sealed class ShiftedTime : TimeProvider
{
    /// <summary>How far it is ahead.</summary>
    public TimeSpan By { get; set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
}
