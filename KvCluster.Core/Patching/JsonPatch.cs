using System.Text.Json.Nodes;
using KvCluster.Core.Commands;

namespace KvCluster.Core.Patching;

/// <summary>RFC 6902: all operations in order, or none.</summary>
internal static class JsonPatch
{
    /// <summary>On any result but <see cref="OutcomeCode.Updated"/> the tree is half changed and to be thrown away.</summary>
    public static OutcomeCode Apply(ref JsonNode? root, List<JsonPatchOperation> operations)
    {
        var budget = new PatchBudget();
        foreach (var operation in operations)
        {
            var code = Apply(ref root, operation, budget);
            if (code != OutcomeCode.Updated) return code;
        }

        return OutcomeCode.Updated;
    }

    private static OutcomeCode Apply(ref JsonNode? root, JsonPatchOperation operation, PatchBudget budget) => operation.Op switch
    {
        "test" => Test(root, operation),
        "remove" => Remove(root, operation.Path, budget),
        "add" => Add(ref root, operation.Path, operation.Value, budget),
        "replace" => Replace(ref root, operation, budget),
        "copy" => Copy(ref root, operation, budget),
        _ => Move(ref root, operation, budget),
    };

    private static OutcomeCode Test(JsonNode? root, JsonPatchOperation operation) =>
        operation.Path.TryFind(root, out var found) && JsonEquality.AreEqual(found, operation.Value) ? OutcomeCode.Updated : OutcomeCode.PatchTestFailed;

    private static OutcomeCode Replace(ref JsonNode? root, JsonPatchOperation operation, PatchBudget budget)
    {
        if (!operation.Path.TryFind(root, out _)) return OutcomeCode.PatchConflict;
        if (operation.Path.IsRoot) return Add(ref root, operation.Path, operation.Value, budget);
        if (budget.TakePlace(operation.Value, operation.Path.Depth, isCopy: false) is var code and not OutcomeCode.Updated) return code;
        operation.Path.TryFindParent(root, out var parent);
        if (parent is JsonObject members) members[operation.Path.Last] = operation.Value?.DeepClone();
        else if (JsonPointer.TryIndex(operation.Path.Last, out var index)) ((JsonArray)parent!)[index] = operation.Value?.DeepClone();
        return OutcomeCode.Updated;
    }

    private static OutcomeCode Copy(ref JsonNode? root, JsonPatchOperation operation, PatchBudget budget) =>
        operation.From!.TryFind(root, out var found) ? Add(ref root, operation.Path, found, budget, isCopy: true) : OutcomeCode.PatchConflict;

    private static OutcomeCode Move(ref JsonNode? root, JsonPatchOperation operation, PatchBudget budget)
    {
        if (!operation.From!.TryFind(root, out var found) || operation.From.IsAbove(operation.Path)) return OutcomeCode.PatchConflict;
        if (operation.From.IsSame(operation.Path)) return OutcomeCode.Updated;
        var code = Remove(root, operation.From, budget);
        return code == OutcomeCode.Updated ? Add(ref root, operation.Path, found, budget) : code;
    }

    private static OutcomeCode Remove(JsonNode? root, JsonPointer path, PatchBudget budget)
    {
        // The document itself cannot be taken away: no value would be left.
        if (path.IsRoot || !path.TryFind(root, out _)) return OutcomeCode.PatchConflict;
        path.TryFindParent(root, out var parent);
        var isObject = parent is JsonObject;
        if (budget.TakeMoves(isObject ? ((JsonObject)parent!).Count : ((JsonArray)parent!).Count) is var code and not OutcomeCode.Updated) return code;
        if (isObject) ((JsonObject)parent!).Remove(path.Last);
        else if (JsonPointer.TryIndex(path.Last, out var index)) ((JsonArray)parent!).RemoveAt(index);
        return OutcomeCode.Updated;
    }

    private static OutcomeCode Add(ref JsonNode? root, JsonPointer path, JsonNode? value, PatchBudget budget, bool isCopy = false)
    {
        if (budget.TakePlace(value, path.Depth, isCopy) is var code and not OutcomeCode.Updated) return code;
        if (path.IsRoot)
        {
            root = value?.DeepClone();
            return OutcomeCode.Updated;
        }

        if (!path.TryFindParent(root, out var parent)) return OutcomeCode.PatchConflict;
        if (parent is JsonObject members)
        {
            members[path.Last] = value?.DeepClone();
            return OutcomeCode.Updated;
        }

        var items = (JsonArray)parent!;
        if (path.Last != "-" && budget.TakeMoves(items.Count) is var moving and not OutcomeCode.Updated) return moving;
        if (path.Last == "-") items.Add(value?.DeepClone());
        else if (JsonPointer.TryIndex(path.Last, out var index) && index <= items.Count) items.Insert(index, value?.DeepClone());
        else return OutcomeCode.PatchConflict;
        return OutcomeCode.Updated;
    }
}
