using KvCluster.Core.Commands;
using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>Commands on strings as steps.</summary>
internal static class StringPlans
{
    public static PlannedSteps Set(RespParser request, StepWriter steps)
    {
        var (condition, expiry, revision, isGet) = (Condition.None, Expiry.Never, 0UL, false);
        for (var i = 3; i < request.Count; i++)
        {
            var word = request[i];
            var hasNext = i + 1 < request.Count;
            if (RespText.Is(word, "NX"u8) && condition.Kind is ConditionKind.None or ConditionKind.Absent) condition = Condition.Absent;
            else if (RespText.Is(word, "XX"u8) && condition.Kind is ConditionKind.None or ConditionKind.Present) condition = Condition.Present;
            else if (RespText.Is(word, "IFEQ"u8) && hasNext && condition.Kind == ConditionKind.None)
            {
                if (!Protocol.Identity.Revision.TryParse(RespText.Of(request[++i]), out var given) || given.IsNone) return "ERR IFEQ needs a revision as KV.GET shows it";
                (condition, revision) = (Condition.Match(given), given.Value);
            }
            else if (RespText.Is(word, "GET"u8)) isGet = true;
            else if (RespText.Is(word, "KEEPTTL"u8) && expiry.Kind == ExpiryKind.Never) expiry = Expiry.Keep;
            else if (RespText.IsExpiryWord(word, out var isSeconds, out var isMoment) && hasNext && expiry.Kind == ExpiryKind.Never)
            {
                if (RespText.TryExpiry("set", request[++i], isSeconds, isMoment, true, out expiry) is { } error) return error;
            }
            else return RespErrors.Syntax;
        }

        return Set(request[1], request[2], steps, condition.Kind, expiry, (long)revision, isGet);
    }

    public static PlannedSteps SetNx(RespParser request, StepWriter steps) => SetAllAbsent(request, steps);

    public static PlannedSteps SetEx(RespParser request, StepWriter steps) => SetFor(request, steps, "setex", true);
    public static PlannedSteps PSetEx(RespParser request, StepWriter steps) => SetFor(request, steps, "psetex", false);
    public static PlannedSteps GetSet(RespParser request, StepWriter steps) => Set(request[1], request[2], steps, default, Expiry.Never, 0, true);
    public static PlannedSteps Get(RespParser request, StepWriter steps) => Plain(StepOperation.Get, request, steps);
    public static PlannedSteps GetDel(RespParser request, StepWriter steps) => Plain(StepOperation.GetDelete, request, steps);
    public static PlannedSteps StrLen(RespParser request, StepWriter steps) => Plain(StepOperation.Length, request, steps);
    public static PlannedSteps Describe(RespParser request, StepWriter steps) => Plain(StepOperation.Describe, request, steps);

    public static PlannedSteps GetEx(RespParser request, StepWriter steps)
    {
        var expiry = Expiry.Keep;
        for (var i = 2; i < request.Count; i++)
        {
            if (expiry.Kind != ExpiryKind.Keep) return RespErrors.Syntax;
            if (RespText.Is(request[i], "PERSIST"u8)) expiry = Expiry.Never;
            else if (RespText.IsExpiryWord(request[i], out var isSeconds, out var isMoment) && i + 1 < request.Count)
            {
                if (RespText.TryExpiry("getex", request[++i], isSeconds, isMoment, true, out expiry) is { } error) return error;
            }
            else return RespErrors.Syntax;

            if (expiry.Kind == ExpiryKind.Never && i + 1 < request.Count) return RespErrors.Syntax;
        }

        steps.Add(StepOperation.GetExpire, request[1], 0, expiry.Milliseconds, default, expiry.Kind);
        return PlannedSteps.One;
    }

    public static PlannedSteps MGet(RespParser request, StepWriter steps)
    {
        for (var i = 1; i < request.Count; i++) steps.Add(StepOperation.Get, request[i], isFlagged: true);
        return new PlannedSteps(null, ReplyShape.Array, request.Count - 1);
    }

    public static PlannedSteps MSet(RespParser request, StepWriter steps)
    {
        if (request.Count % 2 == 0) return RespErrors.Arity("mset");
        for (var i = 1; i < request.Count; i += 2) Set(request[i], request[i + 1], steps, default, Expiry.Never, 0, false);
        return new PlannedSteps(null, ReplyShape.Ok, (request.Count - 1) / 2);
    }

    public static PlannedSteps MSetNx(RespParser request, StepWriter steps) =>
        request.Count % 2 == 0 ? RespErrors.Arity("msetnx") : SetAllAbsent(request, steps);

    public static PlannedSteps Append(RespParser request, StepWriter steps) => Plain(StepOperation.Append, request, steps, request[2]);

    public static PlannedSteps GetRange(RespParser request, StepWriter steps)
    {
        if (!NumberText.TryInteger(request[2], out var first) || !NumberText.TryInteger(request[3], out var last)) return RespErrors.NotInteger;
        steps.Add(StepOperation.GetRange, request[1], first, last);
        return PlannedSteps.One;
    }

    public static PlannedSteps SetRange(RespParser request, StepWriter steps)
    {
        if (!NumberText.TryInteger(request[2], out var offset)) return RespErrors.NotInteger;
        if (offset < 0) return "ERR offset is out of range";
        if (offset > CommandLimits.ValueBytesMax && request[3].Length > 0) return RespErrors.TooLong;
        steps.Add(StepOperation.SetRange, request[1], offset);
        steps.Argument(request[3]);
        return PlannedSteps.One;
    }

    public static PlannedSteps Incr(RespParser request, StepWriter steps) => Increment(request, steps, 1);
    public static PlannedSteps Decr(RespParser request, StepWriter steps) => Increment(request, steps, -1);
    public static PlannedSteps IncrBy(RespParser request, StepWriter steps) =>
        NumberText.TryInteger(request[2], out var by) ? Increment(request, steps, by) : RespErrors.NotInteger;

    public static PlannedSteps DecrBy(RespParser request, StepWriter steps) =>
        !NumberText.TryInteger(request[2], out var by) ? RespErrors.NotInteger
        : by == long.MinValue ? "ERR decrement would overflow"
        : Increment(request, steps, -by);

    public static PlannedSteps IncrByFloat(RespParser request, StepWriter steps) =>
        NumberText.TryFloat(request[2], out _) ? Plain(StepOperation.IncrementFloat, request, steps, request[2]) : RespErrors.NotFloat;

    private static PlannedSteps Increment(RespParser request, StepWriter steps, long by)
    {
        steps.Add(StepOperation.Increment, request[1], by);
        return PlannedSteps.One;
    }

    private static PlannedSteps SetAllAbsent(RespParser request, StepWriter steps)
    {
        steps.Add(StepOperation.SetAllAbsent, request[1]);
        for (var i = 2; i < request.Count; i++) steps.Argument(request[i]);
        return PlannedSteps.One;
    }

    private static PlannedSteps SetFor(RespParser request, StepWriter steps, string name, bool isSeconds) =>
        RespText.TryExpiry(name, request[2], isSeconds, false, true, out var expiry) is { } error
            ? error
            : Set(request[1], request[3], steps, default, expiry, 0, false);

    private static PlannedSteps Set(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, StepWriter steps, ConditionKind condition, in Expiry expiry, long revision, bool isGet)
    {
        steps.Add(StepOperation.Set, key, revision, expiry.Milliseconds, condition, expiry.Kind, isGet);
        steps.Argument(value);
        return PlannedSteps.One;
    }

    private static PlannedSteps Plain(StepOperation operation, RespParser request, StepWriter steps)
    {
        steps.Add(operation, request[1]);
        return PlannedSteps.One;
    }

    private static PlannedSteps Plain(StepOperation operation, RespParser request, StepWriter steps, ReadOnlySpan<byte> argument)
    {
        steps.Add(operation, request[1]);
        steps.Argument(argument);
        return PlannedSteps.One;
    }
}
