using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>Commands on hashes as steps.</summary>
internal static class HashPlans
{
    public static PlannedSteps HSet(RespParser request, StepWriter steps) => Set(request, steps, "hset", false);
    public static PlannedSteps HMSet(RespParser request, StepWriter steps) => Set(request, steps, "hmset", true);
    public static PlannedSteps HSetNx(RespParser request, StepWriter steps) => Plain(StepOperation.HashSetAbsent, request, steps);
    public static PlannedSteps HGet(RespParser request, StepWriter steps) => Plain(StepOperation.HashGet, request, steps);
    public static PlannedSteps HMGet(RespParser request, StepWriter steps) => Plain(StepOperation.HashGetMany, request, steps);
    public static PlannedSteps HDel(RespParser request, StepWriter steps) => Plain(StepOperation.HashDelete, request, steps);
    public static PlannedSteps HExists(RespParser request, StepWriter steps) => Plain(StepOperation.HashExists, request, steps);
    public static PlannedSteps HLen(RespParser request, StepWriter steps) => Plain(StepOperation.HashCount, request, steps);
    public static PlannedSteps HStrLen(RespParser request, StepWriter steps) => Plain(StepOperation.HashLength, request, steps);
    public static PlannedSteps HGetAll(RespParser request, StepWriter steps) => All(request, steps, HashPart.FieldsAndValues);
    public static PlannedSteps HKeys(RespParser request, StepWriter steps) => All(request, steps, HashPart.Fields);
    public static PlannedSteps HVals(RespParser request, StepWriter steps) => All(request, steps, HashPart.Values);

    public static PlannedSteps HIncrBy(RespParser request, StepWriter steps)
    {
        if (!NumberText.TryInteger(request[3], out var by)) return RespErrors.NotInteger;
        steps.Add(StepOperation.HashIncrement, request[1], by);
        steps.Argument(request[2]);
        return PlannedSteps.One;
    }

    public static PlannedSteps HIncrByFloat(RespParser request, StepWriter steps)
    {
        if (!NumberText.TryFloat(request[3], out var by)) return RespErrors.NotFloat;
        return double.IsFinite(by) ? Plain(StepOperation.HashIncrementFloat, request, steps) : "ERR value is NaN or Infinity";
    }

    private static PlannedSteps Set(RespParser request, StepWriter steps, string name, bool isOk)
    {
        if (request.Count % 2 != 0) return RespErrors.Arity(name);
        steps.Add(StepOperation.HashSet, request[1], isFlagged: isOk);
        for (var i = 2; i < request.Count; i++) steps.Argument(request[i]);
        return PlannedSteps.One;
    }

    private static PlannedSteps All(RespParser request, StepWriter steps, HashPart part)
    {
        steps.Add(StepOperation.HashGetAll, request[1], (long)part);
        return PlannedSteps.One;
    }

    private static PlannedSteps Plain(StepOperation operation, RespParser request, StepWriter steps)
    {
        steps.Add(operation, request[1]);
        for (var i = 2; i < request.Count; i++) steps.Argument(request[i]);
        return PlannedSteps.One;
    }
}
