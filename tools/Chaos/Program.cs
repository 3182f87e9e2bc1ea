using TaskerCore.Orleans.Chaos;
using TaskerCore.Orleans.Chaos.LoadWorker;

// chaos [NUMBER ...] [--short] [--logs FOLDER]          scenarios 1-14, or only these
// chaos --mix --minutes N [--seed S] [--logs FOLDER]    scenario 15
if (args is [LoadWorkerHost.Command, .. var rest])
{
    await LoadWorkerHost.RunAsync(rest);
    return 0;
}

return await ChaosCommand.RunAsync(args);
