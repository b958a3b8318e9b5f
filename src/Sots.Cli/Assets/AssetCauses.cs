using System.Globalization;
using Sots.Unreal.Health;

namespace Sots.Cli.Assets;

/// <summary>Causes in words.</summary>
internal static class AssetCauses
{
    /// <summary>Name in JSON.</summary>
    public static string NameOf(PackageCause cause) => cause switch
    {
        PackageCause.Empty => "empty",
        PackageCause.Zeroed => "zeroed",
        PackageCause.LfsPointer => "lfs_pointer",
        PackageCause.NotAPackage => "not_a_package",
        PackageCause.Truncated => "truncated",
        PackageCause.Header => "header",
        PackageCause.Trailer => "trailer",
        PackageCause.Payload => "payload",
        PackageCause.Hash => "hash",
        PackageCause.Virtualized => "virtualized",
        PackageCause.NewerThanKnown => "newer_than_known",
        PackageCause.Cooked => "cooked",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };

    /// <summary>What so many of a kind are, for a summary: <c>3 cut off, or overwritten at their end</c>.</summary>
    public static string Summary(PackageCause cause, long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} ") + cause switch
    {
        PackageCause.Empty => "empty",
        PackageCause.Zeroed => "nothing but zeros",
        PackageCause.LfsPointer => "only a pointer of git-lfs: the asset itself is not in this folder",
        PackageCause.NotAPackage => "no package of Unreal, although the name says so",
        PackageCause.Truncated => "cut off, or overwritten at the end",
        PackageCause.Header => "with a damaged header",
        PackageCause.Trailer => "with a damaged list of payloads",
        PackageCause.Payload => "with a damaged payload",
        PackageCause.Hash => "changed after the editor saved it",
        PackageCause.Virtualized => "whole, with a part of the data in a store of the team: that part is not in this project",
        PackageCause.NewerThanKnown => "saved by a newer engine than this program knows: nothing can be said",
        PackageCause.Cooked => "cooked: not looked into",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };

    /// <summary>What to do where no snapshot has a whole version.</summary>
    public static string Advice(PackageCause cause) => cause == PackageCause.LfsPointer
        ? "no snapshot has the asset itself; `git lfs pull` fetches it"
        : "no snapshot has a whole version; look in Saved/Autosaves, in Saved/Backup and in version control";
}
