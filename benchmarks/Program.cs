using TaskerCore.Orleans.Benchmarks;
using TaskerCore.Orleans.Benchmarks.Fleet;
using TaskerCore.Orleans.Benchmarks.Fleet.Workers;

switch (args)
{
    case [SiloProgram.Command, .. var rest]:
        await SiloProgram.RunAsync(rest);
        return 0;
    case [WorkerProgram.Command, .. var rest]:
        await WorkerProgram.RunAsync(rest);
        return 0;
    default:
        return await BenchCommand.RunAsync(args);
}
