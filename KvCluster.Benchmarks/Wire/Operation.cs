namespace KvCluster.Benchmarks.Wire;

/// <summary>One request to be made.</summary>
/// <param name="Key">Number of the key, from zero; a target makes the key's bytes of it.</param>
internal readonly record struct Operation(OperationKind Kind, int Key);
