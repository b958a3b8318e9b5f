// Another program on the same machine, as tests need one: holds files open until its input ends.
// Each argument is a path; a "!" before it says that nobody else may open the file, a "?" that it is only read and nobody else may write or
// remove it; else everything is shared.
List<FileStream> held = [];
foreach (string argument in args)
{
    (FileAccess access, FileShare share) = argument[0] switch
    {
        '!' => (FileAccess.ReadWrite, FileShare.None),
        '?' => (FileAccess.Read, FileShare.Read),
        _ => (FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete),
    };
    held.Add(new FileStream(argument.TrimStart('!', '?'), FileMode.Open, access, share));
}

Console.WriteLine("held");
while (Console.ReadLine() is not null)
{
}

held.ForEach(static file => file.Dispose());
