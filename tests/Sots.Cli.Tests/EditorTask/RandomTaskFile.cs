using CsCheck;

namespace Sots.Cli.Tests.EditorTask;

/// <summary>Task files as people leave them: comments and white space anywhere, any line ends, trailing commas or none.</summary>
internal static class RandomTaskFile
{
    private static readonly Gen<string> Blank = OneOf("", "", " ", "\n", "\r\n", "\t", "\n    ", " // note, [ \" } \n", "/* a \n * b */", " /**/ ", "\r\n\r\n\t");

    private static readonly Gen<string> Scalar = OneOf(
        "true", "false", "null", "0", "-1.5e+3", "\"\"", "\"x\"", "\"a \\\" // b\"", "\"\\u00e9\\n\"", "\"é☃\"", "\"/* no */\"", "\"push\"");

    private static readonly Gen<string> Name = OneOf("\"label\"", "\"command\"", "\"args\"", "\"x\"", "\"group\"", "\"\\u006cabel\"", "\"windows\"");

    /// <summary>A whole file.</summary>
    public static Gen<string> Text { get; } =
        Gen.Select(OneOf("", "\uFEFF"), Blank, Root(), Blank, (mark, before, root, after) => mark + before + root + after);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static Gen<string> Root() => Object(Gen.OneOf(
        Member("\"version\"", Gen.Const("\"2.0.0\"")),
        Member("\"other\"", Value(2)),
        Member("\"more\"", Value(1))), "\"tasks\"", List(Gen.OneOf(Value(2), Object(Gen.Select(Name, Value(1), (name, value) => $"{name}: {value}"), null, null))));

    private static Gen<string> Member(string name, Gen<string> value) =>
        Gen.Select(Blank, Blank, value, (before, after, text) => $"{name}{before}:{after}{text}");

    private static Gen<string> Value(int depth) => depth == 0 ? Scalar
        : Gen.OneOf(Scalar, List(Value(depth - 1)), Object(Gen.Select(Name, Value(depth - 1), (name, value) => $"{name}:{value}"), null, null));

    private static Gen<string> List(Gen<string> entry) => Entries(entry.Array[0, 3], '[', ']');

    /// <summary>An object, with one member more where it is named; that comes once, at any place.</summary>
    private static Gen<string> Object(Gen<string> member, string? special, Gen<string>? value) => special is null
        ? Entries(member.Array[0, 3], '{', '}')
        : Gen.Select(member.Array[0, 2], Member(special, value!), Gen.Int[0, 3], Gen.Bool, (members, one, at, has) =>
        {
            List<string> all = [.. members.DistinctBy(text => text[..8])];
            if (has)
            {
                all.Insert(at % (all.Count + 1), one);
            }

            return all.ToArray();
        }).SelectMany(all => Entries(Gen.Const(all), '{', '}'));

    private static Gen<string> Entries(Gen<string[]> entries, char open, char close) =>
        Gen.Select(entries, Blank.Array[10], Gen.Bool, (all, blanks, trailing) =>
        {
            string inner = blanks[0];
            for (int i = 0; i < all.Length; i++)
            {
                inner += all[i] + blanks[(2 * i) + 1] + (i + 1 < all.Length || trailing ? "," : "") + blanks[(2 * i) + 2];
            }

            return open + inner + close;
        });
}
