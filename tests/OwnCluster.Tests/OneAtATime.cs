// Real processes on two cores: one test at a time, so that a deadline means what it says.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
