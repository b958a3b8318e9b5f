using Sots.Cli;

using Interruption interruption = new();
return await CliRoot.RunAsync(args, CliEnvironment.OfProcess(), interruption.Token);
