using System.Text;

namespace Sots.Comparison;

/// <summary>What was measured, a row for each job on each data set.</summary>
internal sealed class Table(Settings settings)
{
    private readonly List<string> _rows = [];
    private readonly List<string> _sizes = [];
    private readonly List<string> _beside = [];
    private readonly List<string> _data = [];

    public void AddData(DataSet data) => _data.Add($"- {data.Name}: {data.Count} files, {data.Bytes / 1e6:0} MB");

    public void Add(string job, DataSet data, List<Cost> theirs, List<Cost> ours) => _rows.Add($"| {job} | {data.Name} | {Costs(theirs, ours)} |");

    public void AddSize(string job, DataSet data, long theirs, long ours) => _sizes.Add($"| {job} | {data.Name} | {Sizes(theirs, ours)} |");

    /// <summary>A row for another program: what both cost, and how large their repositories are afterwards.</summary>
    public void AddBeside(string job, DataSet data, string program, (List<Cost> Costs, long Bytes) theirs, (List<Cost> Costs, long Bytes) ours) =>
        _beside.Add($"| {job} | {data.Name} | {program} | {Costs(theirs.Costs, ours.Costs)} | {Sizes(theirs.Bytes, ours.Bytes)} |");

    public void Note(string text) => _data.Add("- " + text);

    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.AppendLine($"{Environment.ProcessorCount} processors; {settings.Pairs} pairs after a warm-up; medians, ratio ours/restic (smallest..largest of the pairs).");
        text.AppendLine();
        _data.ForEach(row => text.AppendLine(row));
        text.AppendLine();
        text.AppendLine("| job | data | wall s restic | ours | ratio | CPU s restic | ours | ratio | peak MiB restic | ours | ratio |");
        text.AppendLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        _rows.ForEach(row => text.AppendLine(row));
        text.AppendLine();
        text.AppendLine("| repository after | data | MB restic | ours | ratio |");
        text.AppendLine("|---|---|---:|---:|---:|");
        _sizes.ForEach(row => text.AppendLine(row));
        text.AppendLine();
        if (_beside.Count > 0)
        {
            text.AppendLine("Other programs in the same rounds, ratio ours/other:");
            text.AppendLine();
            text.AppendLine(
                "| job | data | other | wall s other | ours | ratio | CPU s other | ours | ratio | peak MiB other | ours | ratio "
                + "| repository MB other | ours | ratio |");
            text.AppendLine("|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
            _beside.ForEach(row => text.AppendLine(row));
            text.AppendLine();
        }

        text.AppendLine("`restic check --read-data` finds no error in our repositories; what was restored equals the source byte for byte.");
        return text.ToString();
    }

    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(settings.Output))!);
        File.WriteAllText(settings.Output, ToMarkdown());
    }

    private static string Costs(List<Cost> theirs, List<Cost> ours) =>
        $"{Columns(theirs, ours, static cost => cost.WallSeconds)} | {Columns(theirs, ours, static cost => cost.CpuSeconds)} "
        + $"| {Columns(theirs, ours, static cost => cost.MemoryMiB, "0")}";

    private static string Sizes(long theirs, long ours) => $"{theirs / 1e6:0.0} | {ours / 1e6:0.0} | {(double)ours / theirs:0.000}";

    private static string Columns(List<Cost> theirs, List<Cost> ours, Func<Cost, double> select, string format = "0.00")
    {
        double[] ratios = [.. theirs.Zip(ours, (a, b) => select(b) / select(a))];
        return $"{Median(theirs.Select(select)).ToString(format)} | {Median(ours.Select(select)).ToString(format)} "
            + $"| **{Median(ratios):0.00}** ({ratios.Min():0.00}..{ratios.Max():0.00})";
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
