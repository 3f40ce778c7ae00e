using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Json;

namespace KvCluster.Core.Register.Wire;

/// <summary>JSON of the register's messages and of a vote's file: the document as everywhere, the rest by reflection, since both are rare.</summary>
internal static class RegisterJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(KvJson.Default, new DefaultJsonTypeInfoResolver()),
    };

    public static readonly JsonTypeInfo<RegisterRequest> Request = For<RegisterRequest>();
    public static readonly JsonTypeInfo<RegisterAnswer> Answer = For<RegisterAnswer>();
    public static readonly JsonTypeInfo<VoterState> State = For<VoterState>();

    private static JsonTypeInfo<T> For<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
