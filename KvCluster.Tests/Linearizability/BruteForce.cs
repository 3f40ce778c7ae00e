namespace KvCluster.Tests.Linearizability;

/// <summary>Tries every order of a tiny history of one key: too slow for anything but a judge of the checker.</summary>
internal static class BruteForce
{
    public static bool IsLinearizable(IReadOnlyList<Operation> history) => Extend(history, new bool[history.Count], history.Count, KeyContent.Absent);

    private static bool Extend(IReadOnlyList<Operation> history, bool[] placed, int left, KeyContent state)
    {
        if (left == 0) return true;
        for (var i = 0; i < history.Count; i++)
        {
            if (placed[i] || !MayComeNext(history, placed, i) || !KeyModel.TryStep(state, history[i], out var next)) continue;
            placed[i] = true;
            if (Extend(history, placed, left - 1, next)) return true;
            placed[i] = false;
        }

        return false;
    }

    // Nothing that is still to be placed had returned before this one was called.
    private static bool MayComeNext(IReadOnlyList<Operation> history, bool[] placed, int candidate)
    {
        for (var i = 0; i < history.Count; i++)
            if (!placed[i] && history[i].ReturnedAt < history[candidate].InvokedAt) return false;
        return true;
    }
}
