using KvCluster.Core.Commands;

namespace KvCluster.Core.Steps;

/// <summary>Looks a payload of steps over before it enters the log: what is in the log and cannot be read stops every server that applies it.</summary>
public static class StepPayload
{
    /// <exception cref="ArgumentException">Whoever made the payload has a mistake.</exception>
    public static void Check(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var command = CommandView.Parse(payload);
            if (command.Type != CommandType.Steps) throw new RecordFormatException(RecordFault.Malformed, $"{command.Type} is no list of steps.");
            var reader = new PayloadReader(command.Body);
            for (int left = reader.UInt16(); left > 0; left--) Check(new StepView(ref reader));
            if (reader.Rest != 0) throw new RecordFormatException(RecordFault.Malformed, $"{reader.Rest} bytes behind the last step.");
        }
        catch (RecordFormatException fault)
        {
            throw new ArgumentException(fault.Message, nameof(payload), fault);
        }
    }

    private static void Check(in StepView step)
    {
        var (least, most) = Arguments(step.Operation);
        if (step.ArgumentCount < least || step.ArgumentCount > most) throw Malformed(step, $"{step.ArgumentCount} arguments");
        var isKeyFirst = step.Operation == StepOperation.Rename;
        var isPairs = step.Operation is StepOperation.SetAllAbsent or StepOperation.HashSet or StepOperation.HashSetAbsent;

        // The first key of SetAllAbsent is the step's own, so its arguments begin with a value.
        if (isPairs && step.ArgumentCount % 2 != (step.Operation == StepOperation.SetAllAbsent ? 1 : 0)) throw Malformed(step, "half a pair");
        if (!isKeyFirst && step.Operation != StepOperation.SetAllAbsent) return;
        var arguments = step.ArgumentReader();
        for (var isKey = isKeyFirst; !arguments.IsAtEnd; isKey = !isKey)
        {
            var length = arguments.Next().Length;
            if (isKey && length is 0 or > CommandLimits.KeyBytesMax) throw Malformed(step, $"a key of {length} bytes");
        }
    }

    private static (int Least, int Most) Arguments(StepOperation operation) => operation switch
    {
        StepOperation.Set or StepOperation.Append or StepOperation.SetRange or StepOperation.IncrementFloat or StepOperation.Rename
            or StepOperation.HashGet or StepOperation.HashExists or StepOperation.HashIncrement or StepOperation.HashLength => (1, 1),
        StepOperation.HashIncrementFloat => (2, 2),
        StepOperation.SetAllAbsent or StepOperation.HashGetMany or StepOperation.HashDelete => (1, int.MaxValue),
        StepOperation.HashSet or StepOperation.HashSetAbsent => (2, int.MaxValue),
        StepOperation.Get or StepOperation.GetDelete or StepOperation.GetExpire or StepOperation.Length or StepOperation.GetRange or StepOperation.Increment
            or StepOperation.Delete or StepOperation.Exists or StepOperation.Type or StepOperation.Expire or StepOperation.Persist or StepOperation.AskExpiry
            or StepOperation.Watch or StepOperation.Describe or StepOperation.HashGetAll or StepOperation.HashCount => (0, 0),
        _ => throw StepMachine.Unknown(operation),
    };

    private static RecordFormatException Malformed(in StepView step, string what) => new(RecordFault.Malformed, $"Step {step.Operation} has {what}.");
}
