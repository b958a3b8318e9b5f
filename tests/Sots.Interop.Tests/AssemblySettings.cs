using Xunit.Sdk;
using Xunit.v3;

// Every test here keeps both cores of a small machine busy, with processes of its own: one after the other is quickest.
[assembly: Parallelization(Mode = ParallelMode.None)]
