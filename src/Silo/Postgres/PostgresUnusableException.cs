namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>Postgres answers, and cannot be used as it is: the message says what an operator must do there. The silo waits for it.</summary>
internal sealed class PostgresUnusableException(string message, Exception? inner = null) : Exception(message, inner);
