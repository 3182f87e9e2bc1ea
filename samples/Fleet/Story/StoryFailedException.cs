namespace TaskerCore.Orleans.Fleet.Story;

/// <summary>What was promised was not seen.</summary>
internal sealed class StoryFailedException(string message) : Exception(message);
