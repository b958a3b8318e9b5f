using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Sots.Benchmarks;

if (args is ["--index-memory"])
{
    return IndexMemory.Report(Console.Out);
}

if (args is ["--packages", ..])
{
    return PackageReading.Report(args.Length > 1 ? args[1] : null, Console.Out);
}

// In this process: nothing generated has to be compiled, and what is measured is this build.
IConfig config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(8));
BenchmarkSwitcher.FromAssembly(typeof(IndexMemory).Assembly).Run(args, config);
return 0;
