using Sots.Cli;

// Threads that wait for a disk do no work: as many again may do so, without the half second that the pool takes to think about each.
ThreadPool.GetMinThreads(out int workers, out int completions);
ThreadPool.SetMinThreads(workers + 8, completions);

using Interruption interruption = new();
return await CliRoot.RunAsync(args, CliEnvironment.OfProcess(), interruption.Token);
