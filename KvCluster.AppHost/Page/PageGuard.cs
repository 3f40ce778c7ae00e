using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace KvCluster.AppHost.Page;

/// <summary>
/// Keeps other web sites, open in the same browser, away from the page: they can send requests to this machine, but neither under its
/// name (DNS rebinding) nor with the secret that only the page itself was given.
/// </summary>
internal sealed class PageGuard
{
    public const string TokenHeader = "X-KvCluster-Token";

    /// <summary>Drawn at each start.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <returns>Why the request is refused; none when it is not.</returns>
    public string? Refusal(HttpRequest request)
    {
        if (request.Host.Host is not ("127.0.0.1" or "localhost"))
            return "This page is served to its own machine only.";
        if (request.Headers.Origin is { Count: > 0 } origin && !IsOwn(origin, request))
            return "The request comes from another site.";
        return HttpMethods.IsGet(request.Method) || IsToken(request.Headers[TokenHeader]) ? null : "The request does not come from this page.";
    }

    private static bool IsOwn(StringValues origin, HttpRequest request) => origin == $"{request.Scheme}://{request.Host}";

    private bool IsToken(StringValues given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given.ToString()), Encoding.UTF8.GetBytes(Token));
}
