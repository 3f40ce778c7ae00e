using System.CommandLine;
using System.CommandLine.Parsing;
using KvCluster.Benchmarks.Load;

namespace KvCluster.Benchmarks.Commands;

/// <summary>The options that say how load is made, the same for every command that makes some.</summary>
internal sealed class LoadOptions
{
    private const int ValueBytesMax = 1 << 20;
    private readonly Option<int> _connections = Number("--connections", "Requests under way at most.", 50, 1, 10_000);
    private readonly Option<int> _threads = Number("--threads", "Threads of the generator.", 1, 1, 64);
    private readonly Option<int> _keys = Number("--keys", "Keys are drawn uniformly from so many.", 1_000_000, 1, int.MaxValue);
    private readonly Option<int> _valueBytes = Number("--value-size", "Bytes of a value.", 100, 0, ValueBytesMax);
    private readonly Option<int> _warmUpSeconds = Number("--warm-up", "Seconds before anything is measured.", 5, 0, 3600);
    private readonly Option<int> _seconds = Number("--duration", "Seconds that are measured.", 10, 1, 86_400);
    private readonly Option<long> _seed = new("--seed") { Description = "The same seed draws the same keys.", DefaultValueFactory = _ => 1 };

    public void AddTo(Command command)
    {
        Option[] all = [_connections, _threads, _keys, _valueBytes, _warmUpSeconds, _seconds, _seed];
        foreach (var option in all)
            command.Options.Add(option);
    }

    public LoadPlan Read(ParseResult parsed) => new()
    {
        Workload = new Workload { Keys = parsed.GetValue(_keys), ValueBytes = parsed.GetValue(_valueBytes) },
        Connections = parsed.GetValue(_connections),
        Threads = Math.Min(parsed.GetValue(_threads), parsed.GetValue(_connections)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(_warmUpSeconds)),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
        Seed = unchecked((ulong)parsed.GetValue(_seed)),
    };

    /// <summary>A whole number with bounds that are checked before anything is started.</summary>
    public static Option<int> Number(string name, string description, int byDefault, int min, int max)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result => Check(result, name, min, max));
        return option;
    }

    private static void Check(OptionResult result, string name, int min, int max)
    {
        if (!result.Errors.Any() && result.GetValueOrDefault<int>() is var value && (value < min || value > max))
            result.AddError($"{name} must be from {min} to {max}, not {value}.");
    }
}
