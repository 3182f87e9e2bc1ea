namespace TaskerCore.Orleans.Client;

/// <summary>The result of an operation that has none.</summary>
public readonly record struct NoResult;
