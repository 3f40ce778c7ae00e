using System.Globalization;
using System.Text;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// What happened, as a running hash over everything and as the last lines in memory. Lines are put into words only when somebody
/// reads them, because thousands of worlds pass without a reader.
/// </summary>
internal sealed class SimTrace
{
    private readonly Line[] _last;
    private long _count;

    public SimTrace(int linesKept) => _last = new Line[linesKept];

    /// <summary>Equal for two runs exactly when they did the same things at the same times.</summary>
    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    public long Count => _count;

    public void Add(long at, int who, TraceKind kind, long first = 0, long second = 0, object? detail = null)
    {
        Hash = Fold(Fold(Fold(Fold(Hash, (ulong)at), ((ulong)who << 8) | (byte)kind), (ulong)first), (ulong)second);
        _last[_count++ % _last.Length] = new Line(at, who, kind, first, second, detail);
    }

    public string Tail()
    {
        var text = new StringBuilder();
        for (var i = Math.Max(0, _count - _last.Length); i < _count; i++) text.AppendLine(_last[i % _last.Length].ToString());
        return text.ToString();
    }

    private static ulong Fold(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0x9FB21C651E98DF25;
        return hash ^ (hash >> 28);
    }

    private readonly record struct Line(long At, int Who, TraceKind Kind, long First, long Second, object? Detail)
    {
        public override string ToString()
        {
            var who = Who switch { SimTraceWho.World => "world", SimTraceWho.Master => "master", >= SimTraceWho.Client => $"client {Who - SimTraceWho.Client}", _ => $"s{Who}" };
            return string.Create(CultureInfo.InvariantCulture, $"{At / 1_000_000.0,11:F6} {who,-9} {Kind} {First} {Second} {Detail}");
        }
    }
}
