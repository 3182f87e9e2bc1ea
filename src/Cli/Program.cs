using TaskerCore.Orleans.Cli;
using TaskerCore.Orleans.Cli.Shell;

return await CommandTree.RunAsync(CliHost.OfThisProcess(), args);
