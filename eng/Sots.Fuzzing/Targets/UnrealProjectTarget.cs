using Sots.Backup;
using Sots.Unreal;

namespace Sots.Fuzzing.Targets;

/// <summary>Unreal's project files, written by hand and by many tools.</summary>
internal sealed class UnrealProjectTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "unreal-project";

    /// <inheritdoc/>
    public override string About => ".uproject files: the engine is found or not known";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => Utf8("""{"FileVersion":3,"EngineAssociation":"5.4","Modules":[{"Name":"x"}]}""", "// c\n{ \"engineassociation\": \"{0}\", }", "{\"x\":{\"EngineAssociation\":1}}", "{\"EngineAssociation\":\"\\ud800\"}");

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("EngineAssociation", "\\u0045ngineAssociation", "//x\n", "/**/", "\\ud800");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input) => UnrealProject.ReadEngineAssociation(PathText.ToText(input)) is not null;
}
