using CsCheck;

namespace KvCluster.Tests.Linearizability;

/// <summary>The checker and a search through all orders must agree on small histories, right and wrong ones.</summary>
public sealed class CheckerAgainstBruteForceTests
{
    private static readonly Gen<Operation> GenOperation =
        Gen.Select(Gen.Int[0, 30], Gen.Int[1, 25], Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 6], Gen.Int[0, 4]).Select(
            (from, length, kind, argument, expected, code, condition) => Make(from, length, kind, argument, expected, (ResultCode)code, condition));

    [Fact]
    public void Check_RandomHistories_AgreesWithTheSearchThroughAllOrders()
    {
        var (yes, no) = (0, 0);
        GenOperation.Array[1, 6].Sample(
            history =>
            {
                var expected = BruteForce.IsLinearizable(history);
                if (expected) yes++;
                else no++;
                var verdict = LinearizabilityChecker.Check(history);
                return verdict.Kind == (expected ? VerdictKind.Linearizable : VerdictKind.Violated);
            },
            iter: 20_000,
            threads: 1,
            seed: "0000KOIPqNrX");
        Assert.True(yes > 1_000 && no > 1_000, $"Both kinds must come up: {yes} and {no}.");
    }

    private static Operation Make(int from, int length, int kind, int argument, int expected, ResultCode code, int condition)
    {
        // Few values and few kinds of answers, so that many histories are nearly right.
        var operation = new Operation
        {
            Key = "k",
            Client = 1,
            Kind = kind switch { < 4 => OperationKind.Read, < 7 => OperationKind.Put, 7 => OperationKind.Delete, _ => OperationKind.Increment },
            InvokedAt = from,
            ReturnedAt = code == ResultCode.Unknown ? Operation.Never : from + length,
            Argument = argument,
            Expected = expected,
            Condition = kind is >= 4 and < 7 && condition < 2 ? OperationCondition.Match : OperationCondition.None,
            Seen = KeyContent.Of(expected),
            Code = code,
        };
        return operation.Kind == OperationKind.Read && code is not (ResultCode.Unknown or ResultCode.Absent) ? operation with { Code = ResultCode.Found } : operation;
    }
}
