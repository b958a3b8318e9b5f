// Another program on the same machine, as tests need one: holds files open until its input ends.
// Each argument is a path; a "!" before it says that nobody else may open the file, else everything is shared.
List<FileStream> held = [];
foreach (string argument in args)
{
    bool alone = argument.StartsWith('!');
    held.Add(new FileStream(
        alone ? argument[1..] : argument,
        FileMode.Open,
        FileAccess.ReadWrite,
        alone ? FileShare.None : FileShare.ReadWrite | FileShare.Delete));
}

Console.WriteLine("held");
while (Console.ReadLine() is not null)
{
}

held.ForEach(static file => file.Dispose());
