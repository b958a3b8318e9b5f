using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sots.Backup;
using Sots.Backup.Sources;

namespace Sots.Unreal;

/// <summary>Why a path is left out.</summary>
/// <param name="Class">What kind of thing it is.</param>
/// <param name="Pattern">The pattern that decided, relative to the root.</param>
/// <param name="Root">The project or plugin folder it is tied to.</param>
/// <param name="Reason">Why it need not be saved, as half a sentence.</param>
public sealed record UnrealExclusion(UnrealExcludeClass Class, string Pattern, string Root, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Class}: {Reason} ({Pattern} in {Root})";
}

/// <summary>
/// Leaves out what Unreal makes again, relative to every project and plugin that was found, without regard to case. Everything that no rule
/// names is kept. Immutable, thread safe.
/// </summary>
public sealed class UnrealExcludes : ExcludeRules
{
    private const int StackLength = 1024;

    private readonly PathStyle _style;
    private readonly IReadOnlyList<UnrealRoot> _roots;
    private readonly Dictionary<DiskPath, RootRules>.AlternateLookup<ReadOnlySpan<byte>> _byPath;

    /// <summary>Lengths, in bytes, that paths of roots have: of the folders above an entry mostly only one or two need to be looked up.</summary>
    private readonly bool[] _lengths;

    /// <summary>Ties the rules of a preset to roots.</summary>
    /// <param name="roots">The roots of the folder that is saved.</param>
    /// <param name="preset">What to keep; null for the defaults.</param>
    public UnrealExcludes(UnrealRoots roots, UnrealPreset? preset = null)
        : this(roots.All, preset ?? UnrealPreset.Default, PathStyle.Native)
    {
    }

    internal UnrealExcludes(IReadOnlyList<UnrealRoot> roots, UnrealPreset preset, PathStyle style)
    {
        _style = style;
        _roots = roots;
        IReadOnlyList<UnrealRule> rules = UnrealRules.Of(preset);
        Dictionary<DiskPath, RootRules> byPath = new(style.HasDriveLetters ? DiskPathBytes.IgnoreAsciiCase : DiskPathBytes.Exact);
        Dictionary<UnrealRoot, (UnrealRule[] Rules, ExcludePatternList Patterns)> compiled = [];
        foreach (UnrealRoot root in roots)
        {
            UnrealRoot kind = root with { Path = "" };
            if (!compiled.TryGetValue(kind, out (UnrealRule[] Rules, ExcludePatternList Patterns) those))
            {
                UnrealRule[] holding = [.. rules.Where(rule => Holds(rule.Scope, root))];
                IEnumerable<string> patterns = holding.SelectMany(static rule => rule.Patterns);
                those = (holding, ExcludePatternList.Parse(patterns, PathStyle.Unix, ignoreCase: true, "preset"));
                compiled[kind] = those;
            }

            byPath[DiskPath.FromText(root.Path)] = new RootRules(root, those.Rules, those.Patterns);
        }

        _byPath = byPath.GetAlternateLookup<ReadOnlySpan<byte>>();
        _lengths = new bool[byPath.Keys.Select(static path => path.Bytes.Length).Append(0).Max() + 1];
        foreach (DiskPath path in byPath.Keys)
        {
            _lengths[path.Bytes.Length] = true;
        }
    }

    /// <summary>
    /// Discovers the roots below a folder and ties the rules to them; <see cref="ExcludeRules.None"/> has the same effect where there are none.
    /// </summary>
    public static UnrealExcludes Discover(string folder, UnrealPreset? preset, CancellationToken cancellationToken) =>
        new(UnrealRoots.Discover(folder, cancellationToken), preset);

    /// <inheritdoc/>
    public override bool RejectsName(DiskPath path) => Decide(path.Bytes, explain: false, out _);

    /// <inheritdoc/>
    public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes) => false;

    /// <summary>The rule that leaves the path, or a folder above it, out; null where it is saved.</summary>
    public UnrealExclusion? Explain(DiskPath path)
    {
        Decide(path.Bytes, explain: true, out UnrealExclusion? exclusion);
        return exclusion;
    }

    /// <summary>The roots that the rules are tied to.</summary>
    public IReadOnlyList<UnrealRoot> Roots => _roots;

    /// <summary>
    /// Why a path is saved that looks as if it could be made again, or what it is to Unreal, as half a sentence; null where there is nothing
    /// to say.
    /// </summary>
    public string? WhyKept(DiskPath path)
    {
        string text = path.ToString();
        UnrealRoot? root = _roots.Where(root => text.Length > root.Path.Length + 1 && text.StartsWith(root.Path, StringComparison.OrdinalIgnoreCase) && _style.IsSeparator((byte)text[root.Path.Length]))
            .MaxBy(static root => root.Path.Length);
        return root is null or { Kind: UnrealRootKind.Folder } || Explain(path) is not null ? null
            : UnrealKept.Reason(root, text[(root.Path.Length + 1)..].Split('/', _style.HasDriveLetters ? '\\' : '/'));
    }

    /// <summary>The rule and its reason in words; null where the path is saved.</summary>
    public string? WhyExcluded(DiskPath path) => Explain(path)?.ToString();

    /// <summary>
    /// The same rules as absolute patterns of restic, for the snapshot's record and for driving restic itself. They are meant for
    /// <c>--iexclude</c> and come first in its list, as their "!" patterns take back what stands before them. In a pattern file
    /// "$" has to be written "$$".
    /// </summary>
    public IReadOnlyList<string> AsAbsolutePatterns()
    {
        List<string> patterns = [];
        foreach (UnrealRoot root in _roots)
        {
            string start = Literal(root.Path.TrimEnd('/', '\\'), _style);
            foreach (string pattern in _byPath[PathText.ToBytes(root.Path)].Rules.SelectMany(static rule => rule.Patterns))
            {
                bool negated = pattern[0] == '!';
                string tail = negated ? pattern[1..] : pattern;
                patterns.Add((negated ? "!" : "") + start + (_style.HasDriveLetters ? tail.Replace('/', '\\') : tail));
            }
        }

        return patterns;
    }

    private static bool Holds(UnrealRuleScope scope, UnrealRoot root) =>
        (root.Kind != UnrealRootKind.Folder || scope.HasFlag(UnrealRuleScope.Folder))
        && (root.IsRebuildable || !scope.HasFlag(UnrealRuleScope.Rebuildable))
        && !(root.IsPrecompiled && scope.HasFlag(UnrealRuleScope.NotPrecompiled))
        && (root.HasGitRemote || !scope.HasFlag(UnrealRuleScope.WithGitRemote));

    /// <summary>Asks each root above the path, the outermost first, about the path below it.</summary>
    private bool Decide(ReadOnlySpan<byte> path, bool explain, out UnrealExclusion? exclusion)
    {
        exclusion = null;
        if (_style.HasDriveLetters && path.StartsWith(@"\\?\"u8) && !path.StartsWith(@"\\?\UNC"u8))
        {
            path = path[@"\\?\"u8.Length..];
        }

        for (int i = 0; i < Math.Min(path.Length, _lengths.Length); i++)
        {
            // A drive or "/" as root keeps its separator.
            if (_style.IsSeparator(path[i]) && (TryFindRoot(path[..i], out RootRules? root) || TryFindRoot(path[..(i + 1)], out root))
                && root.Rejects(path[i..], _style, explain, out exclusion))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFindRoot(ReadOnlySpan<byte> path, [NotNullWhen(true)] out RootRules? root)
    {
        root = null;
        return path.Length < _lengths.Length && _lengths[path.Length] && _byPath.TryGetValue(path, out root);
    }

    /// <summary>The text as a pattern that fits only itself, in both styles of escaping.</summary>
    internal static string Literal(string path, PathStyle style)
    {
        StringBuilder pattern = new(path.Length);
        foreach (char character in path)
        {
            _ = character switch
            {
                '*' or '?' or '[' => pattern.Append('[').Append(character).Append(']'),
                '\\' when style.BackslashEscapes => pattern.Append(@"\\"),
                _ => pattern.Append(character),
            };
        }

        return pattern.ToString();
    }

    private sealed record RootRules(UnrealRoot Root, UnrealRule[] Rules, ExcludePatternList Patterns)
    {
        internal bool Rejects(ReadOnlySpan<byte> below, PathStyle style, bool explain, out UnrealExclusion? exclusion)
        {
            exclusion = null;
            byte[]? rented = null;
            int needed = below.Length * SimpleLowerCase.Growth;
            Span<byte> lower = needed <= StackLength ? stackalloc byte[StackLength] : (rented = ArrayPool<byte>.Shared.Rent(needed));
            Span<int> scratch = stackalloc int[PathComponents.ScratchLength];
            int length = SimpleLowerCase.Write(below, lower);
            PathComponents components = PathComponents.Split(lower[..length], style, scratch);
            bool rejected;
            if (explain)
            {
                ExcludePattern? pattern = Patterns.FindDeciding(components);
                rejected = pattern is not null;
                if (pattern is not null)
                {
                    UnrealRule rule = Array.Find(Rules, rule => Array.IndexOf(rule.Patterns, pattern.Text) >= 0)!;
                    exclusion = new UnrealExclusion(rule.Class, pattern.Text, Root.Path, rule.Reason);
                }
            }
            else
            {
                rejected = Patterns.Match(components).Matched;
            }

            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }

            return rejected;
        }
    }
}
