using System.CommandLine;
using KvCluster.Benchmarks.Bare;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>bare-server</c>: the other side of <c>compare http</c>, as a process of its own.</summary>
internal sealed class BareServerCommand : Command
{
    private readonly Option<int> _valueBytes = LoadOptions.Number("--value-size", "Bytes of each answer.", 100, 0, 1 << 20);
    private readonly Option<bool> _isTuned = new(BareServerProcess.TunedOption) { Description = "With the socket setting of our servers." };

    public BareServerCommand() : base(BareServerProcess.Command, "Answers every request with the same bytes until its input ends.")
    {
        Hidden = true;
        Options.Add(_valueBytes);
        Options.Add(_isTuned);
        SetAction((parsed, cancellation) => BareServer.RunAsync(parsed.GetValue(_valueBytes), parsed.GetValue(_isTuned), cancellation));
    }
}
