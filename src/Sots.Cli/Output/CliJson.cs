using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Sots.Cli.Assets;
using Sots.Cli.Runs;
using Sots.Cli.Setup;

namespace Sots.Cli.Output;

/// <summary>The one list of what is written as JSON. Names, order and omissions are those of restic's messages.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ExitErrorMessage))]
[JsonSerializable(typeof(InitializedMessage))]
[JsonSerializable(typeof(VersionMessage))]
[JsonSerializable(typeof(UnlockedMessage))]
[JsonSerializable(typeof(ConfigMessage))]
[JsonSerializable(typeof(EditorTasksMessage))]
[JsonSerializable(typeof(OperationErrorMessage))]
[JsonSerializable(typeof(CheckErrorMessage))]
[JsonSerializable(typeof(BackupStatusMessage))]
[JsonSerializable(typeof(BackupItemMessage))]
[JsonSerializable(typeof(BackupSummaryMessage))]
[JsonSerializable(typeof(RestoreStatusMessage))]
[JsonSerializable(typeof(RestoreItemMessage))]
[JsonSerializable(typeof(RestoreSummaryMessage))]
[JsonSerializable(typeof(CheckSummaryMessage))]
[JsonSerializable(typeof(DamageMessage))]
[JsonSerializable(typeof(IReadOnlyList<SnapshotJson>))]
[JsonSerializable(typeof(IReadOnlyList<SnapshotGroupJson>))]
[JsonSerializable(typeof(IReadOnlyList<ForgetGroupJson>))]
[JsonSerializable(typeof(PruneSummaryMessage))]
[JsonSerializable(typeof(ChangedMessage))]
[JsonSerializable(typeof(TagSummaryMessage))]
[JsonSerializable(typeof(ListedSnapshotMessage))]
[JsonSerializable(typeof(ListedNodeMessage))]
[JsonSerializable(typeof(DifferenceMessage))]
[JsonSerializable(typeof(DifferenceStatisticsMessage))]
[JsonSerializable(typeof(UnrealChangesMessage))]
[JsonSerializable(typeof(LevelsMessage))]
[JsonSerializable(typeof(LevelChangesMessage))]
[JsonSerializable(typeof(FindMatchesMessage))]
[JsonSerializable(typeof(FindObjectMessage))]
[JsonSerializable(typeof(HistoryMessage))]
[JsonSerializable(typeof(HistoryCandidatesMessage))]
[JsonSerializable(typeof(AlarmMessage))]
[JsonSerializable(typeof(ProjectStatusMessage))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(IReadOnlyList<RunRecord>))]
[JsonSerializable(typeof(InPlacePlanMessage))]
[JsonSerializable(typeof(DoctorMessage))]
[JsonSerializable(typeof(DrillMessage))]
[JsonSerializable(typeof(SurveyMessage))]
[JsonSerializable(typeof(SetupMessage))]
[JsonSerializable(typeof(IReadOnlyList<KeyJson>))]
[JsonSerializable(typeof(KeyMessage))]
[JsonSerializable(typeof(IndexRepairMessage))]
[JsonSerializable(typeof(PackRepairMessage))]
[JsonSerializable(typeof(SnapshotRepairMessage))]
[JsonSerializable(typeof(SnapshotRepairSummaryMessage))]
[JsonSerializable(typeof(RecoveryMessage))]
[JsonSerializable(typeof(RecoverySummaryMessage))]
[JsonSerializable(typeof(DamagedAssetMessage))]
[JsonSerializable(typeof(KnownDamageFile))]
[JsonSerializable(typeof(EngineChangeMessage))]
[JsonSerializable(typeof(QuietMessage))]
[JsonSerializable(typeof(WhyMessage))]
[JsonSerializable(typeof(AssetCheckMessage))]
[JsonSerializable(typeof(AssetPlanMessage))]
[JsonSerializable(typeof(SideProjectMessage))]
[JsonSerializable(typeof(ReferencesMessage))]
[JsonSerializable(typeof(SourceArtMessage))]
internal sealed partial class CliJson : JsonSerializerContext
{
    // Output goes to programs, not into web pages: names of files stay readable.
    private static readonly CliJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>One line of JSON.</summary>
    public static string Line<T>(T message) =>
        JsonSerializer.Serialize(message, TypeOf<T>());

    /// <summary>Reads what <see cref="Line"/> has written.</summary>
    /// <exception cref="JsonException">It was not.</exception>
    public static T? Parse<T>(string line) => JsonSerializer.Deserialize(line, TypeOf<T>());

    private static JsonTypeInfo<T> TypeOf<T>() =>
        (JsonTypeInfo<T>?)Readable.GetTypeInfo(typeof(T)) ?? throw new InvalidOperationException(typeof(T).Name + " is not in the list.");
}
