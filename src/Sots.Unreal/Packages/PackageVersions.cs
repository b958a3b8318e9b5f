namespace Sots.Unreal.Packages;

/// <summary>Which engine writes which version of the format.</summary>
internal static class PackageVersions
{
    private static readonly (int Version, string Engine)[] FiveFrom =
        [(1018, "5.7"), (1015, "5.6"), (1013, "5.5"), (1011, "5.4"), (1009, "5.2"), (1008, "5.1"), (1000, "5.0")];

    private static readonly (int Version, string Engine)[] FourFrom =
    [
        (522, "4.26"), (519, "4.26"), (518, "4.24"), (517, "4.21"), (516, "4.19"), (514, "4.18"), (513, "4.16"), (510, "4.15"), (508, "4.14"),
        (482, "4.10"),
    ];

    /// <summary>The oldest engine that writes these versions.</summary>
    public static string EngineOf(int version4, int version5)
    {
        foreach ((int version, string engine) in version5 > 0 ? FiveFrom : FourFrom)
        {
            if ((version5 > 0 ? version5 : version4) >= version)
            {
                return engine;
            }
        }

        return version5 > 0 ? "5.0" : "4.0";
    }
}
