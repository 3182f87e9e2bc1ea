using System.Text.Json.Serialization;

namespace TaskerCore.Orleans.Client;

/// <summary>How a call's end counts (S11).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutcomeKind>))]
public enum OutcomeKind
{
    /// <summary>The component served the call.</summary>
    [JsonStringEnumMemberName("success")]
    Success = 0,

    /// <summary>The component did not serve the call.</summary>
    [JsonStringEnumMemberName("failure")]
    Failure = 1,

    /// <summary>The end says nothing of the component: cancelled by the caller, or the caller's mistake.</summary>
    [JsonStringEnumMemberName("ignored")]
    Ignored = 2,
}
