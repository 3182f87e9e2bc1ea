using System.Text.Json;
using TaskerCore.Orleans.Silo.Configuration;
using TaskerCore.Orleans.Silo.Hosting;

try
{
    await using var app = SiloHost.Build(args);
    await app.RunAsync();
    return SiloRunner.Fault is null ? 0 : 1;
}
catch (Exception exception) when (exception is ConfigurationFaultsException or InvalidOperationException or JsonException)
{
    // What an operator has to mend: the message is all that helps, a stack trace would bury it.
    await Console.Error.WriteLineAsync(exception.Message);
    return 2;
}
