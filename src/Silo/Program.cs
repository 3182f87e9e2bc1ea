using TaskerCore.Orleans.Silo.Hosting;

// Before anything else: from here on a signal is a request to stop.
var stop = StopSignals.Register();
return await SiloProgram.RunAsync(args, stop);
