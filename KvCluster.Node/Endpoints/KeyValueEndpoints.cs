namespace KvCluster.Node.Endpoints;

/// <summary>The key-value part of the HTTP API (docs/HTTP-API.md).</summary>
internal static class KeyValueEndpoints
{
    public static void AddKeyValueEndpoints(this IServiceCollection services)
    {
        services.AddSingleton<KeyRouter>().AddSingleton<RequestBody>().AddSingleton<KeyHandlers>().AddSingleton<ListHandler>().AddSingleton<BatchHandler>();
        services.AddOpenApi(document => document.AddDocumentTransformer<KeyValueDescription>());
    }

    public static void MapKeyValues(this IEndpointRouteBuilder app)
    {
        var keys = app.ServiceProvider.GetRequiredService<KeyHandlers>();
        app.MapMethods("/kv/{**key}", [HttpMethods.Get, HttpMethods.Head], Guard(keys.GetAsync)).WithName("GetValue");
        app.MapPut("/kv/{**key}", Guard(keys.PutAsync)).WithName("PutValue");
        app.MapDelete("/kv/{**key}", Guard(keys.DeleteAsync)).WithName("DeleteValue");
        app.MapPatch("/kv/{**key}", Guard(keys.PatchAsync)).WithName("PatchValue");
        app.MapPost("/kv/batch", Guard(app.ServiceProvider.GetRequiredService<BatchHandler>().RunAsync)).WithName("RunBatch");
        app.MapPost("/kv/{**key}", Guard(keys.IncrementAsync)).WithName("IncrementValue");
        app.MapGet("/kv", Guard(app.ServiceProvider.GetRequiredService<ListHandler>().ListAsync)).WithName("ListKeys");
    }

    // Border: a refusal becomes a problem document; a client that went away gets nothing.
    private static RequestDelegate Guard(RequestDelegate handle) => async context =>
    {
        try
        {
            await handle(context);
        }
        catch (RequestProblem problem) when (!context.Response.HasStarted)
        {
            await ProblemWriter.WriteAsync(context.Response, problem);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    };
}
