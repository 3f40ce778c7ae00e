using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;

namespace KvCluster.Tests.Client.Fake;

/// <summary>What each kind of write does to a value, as far as the client can tell.</summary>
internal static class FakeCommands
{
    public static Func<FakeValue?, Revision, FakeOutcome> Put(byte[] bytes, string? contentType, string? ttl, string? ifMatch, string? ifNoneMatch) =>
        Conditional(ifMatch, ifNoneMatch, (current, revision) =>
        {
            long? expires = ttl is null ? null : revision.Milliseconds + long.Parse(ttl[..^2], CultureInfo.InvariantCulture);
            return new FakeOutcome(current is null ? 201 : 204, revision, new FakeValue(bytes, contentType ?? "application/octet-stream", revision, expires));
        });

    public static Func<FakeValue?, Revision, FakeOutcome> Delete(string? ifMatch, string? ifNoneMatch) =>
        Conditional(ifMatch, ifNoneMatch, (_, revision) => new FakeOutcome(204, revision));

    public static Func<FakeValue?, Revision, FakeOutcome> Increment(long by) => (current, revision) =>
    {
        var before = 0L;
        if (current is not null && !long.TryParse(Encoding.UTF8.GetString(current.Bytes), CultureInfo.InvariantCulture, out before))
            return new FakeOutcome(422, current.Revision, current, ProblemCode.ValueNotNumber);
        var bytes = Encoding.UTF8.GetBytes((before + by).ToString(CultureInfo.InvariantCulture));
        return new FakeOutcome(200, revision, new FakeValue(bytes, "text/plain", revision, current?.ExpiresAt), Number: before + by);
    };

    /// <summary>A merge patch of one level; of JSON patches only <c>test</c> with a value is understood, which fails unless it equals the whole.</summary>
    public static Func<FakeValue?, Revision, FakeOutcome> Patch(string document, bool isMerge) => (current, revision) =>
    {
        if (!isMerge) return JsonPatch(document, current, revision);
        var target = current is null ? [] : JsonNode.Parse(current.Bytes)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(document)!.AsObject())
        {
            if (value is null) target.Remove(name);
            else target[name] = value.DeepClone();
        }

        var stored = new FakeValue(Encoding.UTF8.GetBytes(target.ToJsonString()), "application/json", revision, current?.ExpiresAt);
        return new FakeOutcome(current is null ? 201 : 204, revision, stored);
    };

    private static FakeOutcome JsonPatch(string document, FakeValue? current, Revision revision)
    {
        if (current is null) return new FakeOutcome(404, default, null, ProblemCode.KeyNotFound);
        var wanted = JsonNode.Parse(document)![0]!["value"];
        return JsonNode.DeepEquals(wanted, JsonNode.Parse(current.Bytes))
            ? new FakeOutcome(204, revision, current with { Revision = revision })
            : new FakeOutcome(409, current.Revision, current, ProblemCode.PatchTestFailed);
    }

    private static Func<FakeValue?, Revision, FakeOutcome> Conditional(
        string? ifMatch, string? ifNoneMatch, Func<FakeValue?, Revision, FakeOutcome> execute) => (current, revision) =>
    {
        var holds = (ifMatch, ifNoneMatch) switch
        {
            (null, null) => true,
            (null, "*") => current is null,
            ("*", _) => current is not null,
            _ => ifMatch == $"\"{current?.Revision}\"",
        };
        return holds ? execute(current, revision) : new FakeOutcome(412, current?.Revision ?? default, current, ProblemCode.PreconditionFailed);
    };
}
