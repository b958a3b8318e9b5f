namespace Sots.Restic.Writing;

/// <summary>What content looks like to a compressor.</summary>
internal enum ContentKind
{
    /// <summary>No byte is zero and few values are common: text, source, configuration.</summary>
    Text,

    /// <summary>What repeats nothing still has values that are far more common than others: coding them by that pays.</summary>
    Uneven,

    /// <summary>Only repetitions save anything: coding what is left byte by byte takes more time than it saves bytes.</summary>
    Even,
}
