using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace KvCluster.AppHost.Page;

/// <summary>What the page shows, for everybody who looks: all of it to a newcomer, then every change.</summary>
internal sealed class PageFeed(TimeProvider time)
{
    private const int SamplesMax = 450; // A quarter of an hour.
    private const int EventsMax = 200;
    private const int LinesMax = 500;

    /// <summary>Who reads more slowly than things happen misses the oldest of them, and nothing else waits for him.</summary>
    private const int BehindMax = 2_000;
    private readonly Lock _lock = new();
    private readonly Ring<LoadSample> _samples = new(SamplesMax);
    private readonly Ring<PageEvent> _events = new(EventsMax);
    private readonly Dictionary<string, Ring<PageLine>> _lines = [];
    private readonly HashSet<Channel<PageMessage>> _viewers = [];

    public PageView? View { get; private set; }

    /// <summary>Somebody looks right now.</summary>
    public bool IsWatched
    {
        get
        {
            lock (_lock)
                return _viewers.Count > 0;
        }
    }

    public void Show(PageView view)
    {
        lock (_lock)
        {
            if (view.Matches(View))
                return;
            View = view;
            Tell(Message(view));
        }
    }

    public void Add(LoadSample sample)
    {
        lock (_lock)
        {
            _samples.Add(sample);
            Tell(Message("sample", sample, PageJson.Default.LoadSample));
        }
    }

    public void Add(PageEventKind kind, string text)
    {
        var happened = new PageEvent(time.GetUtcNow().ToUnixTimeMilliseconds(), kind, text);
        lock (_lock)
        {
            _events.Add(happened);
            Tell(Message("event", happened, PageJson.Default.PageEvent));
        }
    }

    public void AddLine(string server, string text)
    {
        var line = new PageLine(server, text);
        lock (_lock)
        {
            if (!_lines.TryGetValue(server, out var lines))
                _lines[server] = lines = new Ring<PageLine>(LinesMax);
            lines.Add(line);
            Tell(Message("line", line, PageJson.Default.PageLine));
        }
    }

    /// <summary>The last lines of a server's output, the oldest first.</summary>
    public PageLine[] LinesOf(string server)
    {
        lock (_lock)
            return _lines.TryGetValue(server, out var lines) ? lines.ToArray() : [];
    }

    public async IAsyncEnumerable<PageMessage> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var viewer = Channel.CreateBounded<PageMessage>(new BoundedChannelOptions(BehindMax) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            if (View is not null)
                viewer.Writer.TryWrite(Message(View));
            foreach (var sample in _samples.ToArray())
                viewer.Writer.TryWrite(Message("sample", sample, PageJson.Default.LoadSample));
            foreach (var happened in _events.ToArray())
                viewer.Writer.TryWrite(Message("event", happened, PageJson.Default.PageEvent));
            _viewers.Add(viewer);
        }

        try
        {
            await foreach (var message in viewer.Reader.ReadAllAsync(cancellation))
                yield return message;
        }
        finally
        {
            lock (_lock)
                _viewers.Remove(viewer);
        }
    }

    private void Tell(PageMessage message)
    {
        foreach (var viewer in _viewers)
            viewer.Writer.TryWrite(message);
    }

    private static PageMessage Message(PageView view) => Message("view", view, PageJson.Default.PageView);

    private static PageMessage Message<T>(string kind, T content, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        new(kind, JsonSerializer.Serialize(content, type));
}
