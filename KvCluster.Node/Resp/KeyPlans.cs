using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>Commands on keys of any type as steps.</summary>
internal static class KeyPlans
{
    public static PlannedSteps Del(RespParser request, StepWriter steps) => Each(StepOperation.Delete, request, steps);
    public static PlannedSteps Exists(RespParser request, StepWriter steps) => Each(StepOperation.Exists, request, steps);

    public static PlannedSteps Type(RespParser request, StepWriter steps)
    {
        steps.Add(StepOperation.Type, request[1]);
        return PlannedSteps.One;
    }

    public static PlannedSteps Persist(RespParser request, StepWriter steps)
    {
        steps.Add(StepOperation.Persist, request[1]);
        return PlannedSteps.One;
    }

    public static PlannedSteps Expire(RespParser request, StepWriter steps) => Expire(request, steps, "expire", true, false);
    public static PlannedSteps PExpire(RespParser request, StepWriter steps) => Expire(request, steps, "pexpire", false, false);
    public static PlannedSteps ExpireAt(RespParser request, StepWriter steps) => Expire(request, steps, "expireat", true, true);
    public static PlannedSteps PExpireAt(RespParser request, StepWriter steps) => Expire(request, steps, "pexpireat", false, true);
    public static PlannedSteps Ttl(RespParser request, StepWriter steps) => Ask(request, steps, ExpiryQuestion.SecondsLeft);
    public static PlannedSteps PTtl(RespParser request, StepWriter steps) => Ask(request, steps, ExpiryQuestion.MillisecondsLeft);
    public static PlannedSteps ExpireTime(RespParser request, StepWriter steps) => Ask(request, steps, ExpiryQuestion.UnixSeconds);
    public static PlannedSteps PExpireTime(RespParser request, StepWriter steps) => Ask(request, steps, ExpiryQuestion.UnixMilliseconds);
    public static PlannedSteps Rename(RespParser request, StepWriter steps) => Rename(request, steps, RenameRule.Replace);
    public static PlannedSteps RenameNx(RespParser request, StepWriter steps) => Rename(request, steps, RenameRule.OnlyIfAbsent);

    public static PlannedSteps Copy(RespParser request, StepWriter steps)
    {
        var isReplace = false;
        for (var i = 3; i < request.Count; i++)
        {
            if (RespText.Is(request[i], "REPLACE"u8)) isReplace = true;
            else if (!RespText.Is(request[i], "DB"u8) || i + 1 >= request.Count) return RespErrors.Syntax;
            else if (!NumberText.TryInteger(request[++i], out var database)) return RespErrors.NotInteger;
            else if (database != 0) return "ERR Copying to another database is not allowed in cluster mode";
        }

        if (request[1].SequenceEqual(request[2])) return "ERR source and destination objects are the same";
        return Rename(request, steps, isReplace ? RenameRule.CopyReplace : RenameRule.Copy);
    }

    private static PlannedSteps Each(StepOperation operation, RespParser request, StepWriter steps)
    {
        for (var i = 1; i < request.Count; i++) steps.Add(operation, request[i]);
        return new PlannedSteps(null, ReplyShape.Sum, request.Count - 1);
    }

    private static PlannedSteps Rename(RespParser request, StepWriter steps, RenameRule rule)
    {
        steps.Add(StepOperation.Rename, request[1], (long)rule);
        steps.Argument(request[2]);
        return PlannedSteps.One;
    }

    private static PlannedSteps Ask(RespParser request, StepWriter steps, ExpiryQuestion question)
    {
        steps.Add(StepOperation.AskExpiry, request[1], (long)question);
        return PlannedSteps.One;
    }

    private static PlannedSteps Expire(RespParser request, StepWriter steps, string name, bool isSeconds, bool isMoment)
    {
        if (TryRule(request, out var rule) is { } unknown) return unknown;
        if (RespText.TryExpiry(name, request[2], isSeconds, isMoment, false, out var expiry) is { } error) return error;
        steps.Add(StepOperation.Expire, request[1], (long)rule, expiry.Milliseconds, default, expiry.Kind);
        return PlannedSteps.One;
    }

    private static string? TryRule(RespParser request, out ExpiryRule rule)
    {
        var (nx, xx, gt, lt) = (false, false, false, false);
        rule = ExpiryRule.Always;
        for (var i = 3; i < request.Count; i++)
        {
            if (RespText.Is(request[i], "NX"u8)) nx = true;
            else if (RespText.Is(request[i], "XX"u8)) xx = true;
            else if (RespText.Is(request[i], "GT"u8)) gt = true;
            else if (RespText.Is(request[i], "LT"u8)) lt = true;
            else return $"ERR Unsupported option {RespErrors.Shortened(RespText.Of(request[i]))}";
        }

        if (nx && (xx || gt || lt)) return "ERR NX and XX, GT or LT options at the same time are not compatible";
        if (gt && lt) return "ERR GT and LT options at the same time are not compatible";
        rule = nx ? ExpiryRule.OnlyWithout : gt ? ExpiryRule.OnlyLater : lt && xx ? ExpiryRule.OnlyEarlierOfThose : lt ? ExpiryRule.OnlyEarlier : xx ? ExpiryRule.OnlyWith : ExpiryRule.Always;
        return null;
    }
}
