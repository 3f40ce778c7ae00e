using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace KvCluster.Tests.Control.Homes;

/// <summary>Those who watch the ConfigMap of an <see cref="ApiServer"/>: each gets every change after the version it named, as a line of JSON.</summary>
internal sealed class ApiWatchers
{
    private readonly Lock _lock = new();
    private readonly List<(long Version, string Line)> _history = [];
    private readonly List<Channel<string>> _open = [];
    private readonly ConcurrentQueue<ApiTrouble> _troubles = new();

    /// <summary>Watches that were asked for, refused ones included.</summary>
    public int Begun { get; private set; }

    public int Open
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    /// <summary>Changes are kept from the watchers, as by a stream that has died without a word.</summary>
    public bool IsMute { get; set; }

    /// <summary>What goes wrong with the next watch that is asked for.</summary>
    public void Spoil(ApiTrouble trouble) => _troubles.Enqueue(trouble);

    public void Tell(long version, JsonNode map)
    {
        lock (_lock)
        {
            var line = Event("MODIFIED", map);
            _history.Add((version, line));
            if (IsMute) return;
            foreach (var watcher in _open) watcher.Writer.TryWrite(line);
        }
    }

    /// <summary>Sends something to those who watch now.</summary>
    public void Send(string line)
    {
        lock (_lock) foreach (var watcher in _open) watcher.Writer.TryWrite(line + "\n");
    }

    /// <summary>All streams break.</summary>
    public void Cut()
    {
        lock (_lock) foreach (var watcher in _open) watcher.Writer.TryComplete(new OperationCanceledException());
    }

    public async Task ServeAsync(HttpContext context)
    {
        _troubles.TryDequeue(out var trouble);
        var query = context.Request.Query;
        Assert.Equal(("metadata.name=topology", "true"), (query["fieldSelector"].ToString(), query["watch"].ToString().ToLowerInvariant()));
        var lines = Channel.CreateUnbounded<string>();
        lock (_lock)
        {
            Begun++;
            if (trouble == ApiTrouble.Forbidden)
            {
                context.Response.StatusCode = 403;
                return;
            }

            if (trouble == ApiTrouble.Gone) lines.Writer.TryWrite(Event("ERROR", ApiServer.Status(410, "Expired").Item2));
            var from = long.Parse(query["resourceVersion"].ToString(), CultureInfo.InvariantCulture);
            foreach (var (version, line) in _history)
                if (version > from) lines.Writer.TryWrite(line);
            _open.Add(lines);
        }

        var gone = context.RequestAborted;
        try
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.FlushAsync(gone);
            await foreach (var line in lines.Reader.ReadAllAsync(gone))
            {
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), gone);
                await context.Response.Body.FlushAsync(gone);
                if (trouble == ApiTrouble.Gone) return;
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        finally
        {
            lock (_lock) _open.Remove(lines);
        }
    }

    private static string Event(string type, JsonNode what) => new JsonObject { ["type"] = type, ["object"] = what.DeepClone() }.ToJsonString() + "\n";
}
