namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>What goes through the queue: numbered by its worker, so that a lost one shows.</summary>
internal sealed record Order(string Worker, long Number);
