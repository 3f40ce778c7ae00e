namespace KvCluster.Node.Resp;

internal static class TransactionCommands
{
    public static ValueTask Multi(RespSession session, RespParser request)
    {
        if (session.Transaction.IsOpen) session.Writer.Error("ERR MULTI calls can not be nested");
        else
        {
            session.Transaction.Open();
            session.Writer.Ok();
        }

        return default;
    }

    public static async ValueTask Exec(RespSession session, RespParser request)
    {
        var transaction = session.Transaction;
        if (!transaction.IsOpen) session.Writer.Error("ERR EXEC without MULTI");
        else if (transaction.IsBroken) session.Writer.Error(RespErrors.ExecAbort);
        else await transaction.ExecuteAsync(session);
        transaction.Reset();
    }

    public static ValueTask Discard(RespSession session, RespParser request)
    {
        if (!session.Transaction.IsOpen) session.Writer.Error("ERR DISCARD without MULTI");
        else
        {
            session.Transaction.Reset();
            session.Writer.Ok();
        }

        return default;
    }

    public static async ValueTask Watch(RespSession session, RespParser request)
    {
        if (session.Transaction.IsOpen)
        {
            session.Writer.Error("ERR WATCH inside MULTI is not allowed");
            return;
        }

        for (var i = 1; i < request.Count; i++)
        {
            if (await session.Transaction.TryWatchAsync(session, request.Memory(i)) is not { } error) continue;
            session.Writer.Error(error);
            return;
        }

        session.Writer.Ok();
    }

    public static ValueTask Unwatch(RespSession session, RespParser request)
    {
        session.Transaction.Forget();
        session.Writer.Ok();
        return default;
    }
}
