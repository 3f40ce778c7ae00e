using System.Text.Json.Nodes;

namespace KvCluster.Core.Patching;

/// <summary>RFC 7396, section 2.</summary>
internal static class MergePatch
{
    /// <summary>The target after the patch; the target's tree is used up.</summary>
    /// <remarks>The recursion is as deep as the patch nests, which its parser has bounded.</remarks>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var result = target as JsonObject ?? [];
        RemoveAll(result, [.. changes.Where(change => change.Value is null).Select(change => change.Key)]);
        foreach (var (name, change) in changes)
        {
            if (change is null) continue;
            result.TryGetPropertyValue(name, out var old);
            var merged = Apply(old, change);
            if (!ReferenceEquals(merged, old)) result[name] = merged;
        }

        return result;
    }

    // In one go: removing members one by one takes a walk through all of them for each.
    private static void RemoveAll(JsonObject members, HashSet<string> names)
    {
        if (names.Count == 0) return;
        var kept = members.Where(member => !names.Contains(member.Key)).ToArray();
        if (kept.Length == members.Count) return;
        members.Clear();
        foreach (var (name, member) in kept) members.Add(name, member);
    }
}
