using KvCluster.Protocol.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace KvCluster.Node.Endpoints;

/// <summary>Puts the key-value requests into the OpenAPI document.</summary>
/// <remarks>
/// They are raw delegates, which read the request as it came and cost no binding; so nothing can be derived from their signatures and
/// the description stands here, beside them.
/// </remarks>
internal sealed class KeyValueDescription : IOpenApiDocumentTransformer
{
    private const string Tag = "keys";
    private const string Anything = "*/*";
    private const string Json = "application/json";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Paths ??= [];
        document.Paths["/kv/{key}"] = OneKey();
        document.Paths["/kv/{key}/increment"] = Item((HttpMethod.Post, Increment()));
        document.Paths["/kv"] = Item((HttpMethod.Get, List()));
        document.Paths["/kv/batch"] = Item((HttpMethod.Post, Batch()));
        return Task.CompletedTask;
    }

    private static OpenApiPathItem OneKey() => Item(
        (HttpMethod.Get, Operation("GetValue", "The value as it was stored", [Key(), Consistency(), Header("If-None-Match")], null, (200, Anything), (304, null), (404, null))),
        (HttpMethod.Head, Operation("HeadValue", "What GET would say, without the value", [Key(), Consistency(), Header("If-None-Match")], null, (200, null), (304, null), (404, null))),
        (HttpMethod.Put, Operation("PutValue", "Stores the body", [Key(), Ttl(), .. Write()], Body(Anything), (201, null), (204, null), (412, null), (413, null), (415, null))),
        (HttpMethod.Patch, Operation(
            "PatchValue",
            "Changes a JSON value (RFC 7396, RFC 6902)",
            [Key(), .. Write()],
            Body("application/merge-patch+json", "application/json-patch+json"),
            (201, null), (204, null), (404, null), (409, null), (412, null), (413, null), (415, null), (422, null))),
        (HttpMethod.Delete, Operation("DeleteValue", "Removes the key", [Key(), .. Write()], null, (204, null), (412, null))));

    private static OpenApiOperation Increment() => Operation(
        "IncrementValue",
        "Adds to a counter; an absent one counts from 0",
        [Key(), Query("by", JsonSchemaType.Integer, "A 64-bit number, 1 by default"), .. Write()],
        null,
        (200, Json), (409, null), (412, null), (422, null));

    private static OpenApiOperation List() => Operation(
        "ListKeys",
        "Keys of this node in byte order, page by page",
        [
            Query("prefix", JsonSchemaType.String, "Percent-encoded bytes"),
            Query("limit", JsonSchemaType.Integer, "1 to 1,000, 100 by default"),
            Query("token", JsonSchemaType.String, "nextToken of the page before"),
            Query("values", JsonSchemaType.Boolean, "With the values"),
            Consistency(),
        ],
        null,
        (200, Json));

    private static OpenApiOperation Batch() => Operation(
        "RunBatch", "Up to 1,000 operations, each decided for itself, in order", [], Body(Json), (200, Json), (413, null));

    private static OpenApiPathItem Item(params (HttpMethod Method, OpenApiOperation Operation)[] operations) =>
        new() { Operations = operations.ToDictionary(entry => entry.Method, entry => entry.Operation) };

    private static OpenApiOperation Operation(
        string id, string summary, List<IOpenApiParameter> parameters, OpenApiRequestBody? body, params (int Status, string? MediaType)[] answers)
    {
        var responses = new OpenApiResponses();
        foreach (var (status, mediaType) in answers) responses[Text(status)] = Answer(status, mediaType);
        foreach (var status in (int[])[307, 400, 503, 504]) responses[Text(status)] = Answer(status, null);
        return new OpenApiOperation
        {
            OperationId = id,
            Summary = summary,
            Parameters = parameters,
            RequestBody = body,
            Responses = responses,
            Tags = new HashSet<OpenApiTagReference> { new(Tag) },
        };
    }

    private static OpenApiResponse Answer(int status, string? mediaType) => new()
    {
        Description = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
        Content = (status >= 400 ? "application/problem+json" : mediaType) is { } type ? new Dictionary<string, OpenApiMediaType> { [type] = new OpenApiMediaType() } : null,
    };

    private static OpenApiRequestBody Body(params string[] mediaTypes) =>
        new() { Required = true, Content = mediaTypes.ToDictionary(type => type, _ => new OpenApiMediaType()) };

    private static List<IOpenApiParameter> Write() => [Header("If-Match"), Header("If-None-Match"), Header(KvHeaders.IdempotencyKey)];

    private static OpenApiParameter Key() => new()
    {
        Name = "key",
        In = ParameterLocation.Path,
        Required = true,
        Description = "1 to 1,024 bytes, percent-encoded",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiParameter Ttl() => Query("ttl", JsonSchemaType.String, "Time to live: a whole number with ms, s, m, h or d");
    private static OpenApiParameter Consistency() => Query("consistency", JsonSchemaType.String, "linearizable (default), replica, or bounded;ms=N");

    private static OpenApiParameter Query(string name, JsonSchemaType type, string description) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = new OpenApiSchema { Type = type } };

    private static OpenApiParameter Header(string name) =>
        new() { Name = name, In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static string Text(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
