using Sots.Restic.Chunking;

namespace Sots.Restic.Repofiles;

/// <summary>The repository's config: format version, identity and the chunker's polynomial.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="Id">64 hex digits, random; the identity of the repository.</param>
/// <param name="Polynomial">The polynomial all content is cut with.</param>
public sealed partial record ConfigFile(int Version, string Id, ChunkerPolynomial Polynomial);
