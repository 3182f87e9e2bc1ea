using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.Silo.Hosting;

const int failed = 1;
const int misconfigured = 2;
try
{
    if (HealthProbe.Question(args) is { } question)
    {
        return await HealthProbe.AskAsync(question, SiloHost.Urls(args[1..])) ? 0 : failed;
    }

    await using var app = SiloHost.Build(args);
    var readiness = app.Services.GetRequiredService<Readiness>();
    await app.RunAsync();
    return readiness.HasFailed ? failed : 0;
}
catch (Exception exception) when (exception is ConfigurationFaultsException or InvalidOperationException or JsonException
    or FormatException or InvalidDataException or IOException or SocketException)
{
    // What an operator has to mend: the message is all that helps, a stack trace would bury it.
    await Console.Error.WriteLineAsync(exception is SocketException or IOException { InnerException: AddressInUseException }
        ? $"The HTTP API cannot listen: {exception.Message.TrimEnd('.')}. Set Urls to another address."
        : exception is FormatException ? $"Urls is not valid: {exception.Message}"
        : exception.Message);
    return misconfigured;
}
