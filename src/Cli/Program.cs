using TaskerCore.Orleans.Cli;

return await CommandTree.RunAsync(CliHost.OfThisProcess(), args);
