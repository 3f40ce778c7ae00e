using KvCluster.Core.Commands;

namespace KvCluster.Core.Steps;

/// <summary>
/// What the steps of one list may read, write and answer in all. A request of a few bytes can name a value of sixteen megabytes a thousand
/// times; without a bound one of them would take the memory of both servers, and again whenever the log is applied anew.
/// </summary>
/// <remarks>Only sizes that both servers see alike are counted, so both refuse the same steps. The step that spends the budget is still carried out.</remarks>
internal sealed class StepBudget
{
    private long _left = CommandLimits.StepsWorkBytesMax;

    public bool IsSpent => _left <= 0;

    public void Charge(long bytes) => _left -= bytes;
}
