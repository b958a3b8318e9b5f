namespace Sots.Backup.Proving;

/// <summary>What a backup read back of what it had just written. Sizes in bytes.</summary>
/// <param name="Files">Files of which something was read back.</param>
/// <param name="Blobs">Pieces read back, lists of folders among them.</param>
/// <param name="Bytes">Their plain content.</param>
/// <param name="ComparedBytes">How much of it was also compared with the files, read again; the rest had changed meanwhile, or is no file.</param>
public sealed record ProofResult(long Files, long Blobs, long Bytes, long ComparedBytes);
