using System.Diagnostics;
using System.Globalization;
using KvCluster.Node.Control;
using KvCluster.Node.Control.Etcd;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Control.Homes;

/// <summary>A real etcd of one member on free ports of this machine, with a folder of its own.</summary>
internal sealed class EtcdProcess : RegisterHomeUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kvcluster-etcd-");
    private readonly ReservedPorts _ports = new();
    private readonly ServerPortPair _at;
    private readonly EtcdRegister[] _registers;
    private Process? _process;

    private EtcdProcess()
    {
        var ports = _ports.Take();
        _at = new ServerPortPair(Url(ports.Http), Url(ports.Peer));
        _registers = [.. Enumerable.Range(0, Servers).Select(_ => new EtcdRegister([_at.Client], "test/topology", new SocketsHttpHandler { UseProxy = false }))];
    }

    private sealed record ServerPortPair(Uri Client, Uri Peer);

    public Uri Endpoint => _at.Client;

    public static async Task<EtcdProcess> OpenAsync()
    {
        Prerequisites.RequireTool("etcd");
        var etcd = new EtcdProcess();
        await etcd.StartAsync();
        return etcd;
    }

    public override ITopologyRegister Of(int server) => _registers[server];

    public override async Task StartAsync()
    {
        var start = new ProcessStartInfo("etcd")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--name", "test", "--data-dir", _folder.FullName,
                "--listen-client-urls", Text(_at.Client), "--advertise-client-urls", Text(_at.Client),
                "--listen-peer-urls", Text(_at.Peer), "--initial-advertise-peer-urls", Text(_at.Peer), "--initial-cluster", $"test={Text(_at.Peer)}",
            },
        };
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await TestCluster.PollAsync("etcd is healthy", async () =>
        {
            try
            {
                return (await http.GetStringAsync(new Uri(_at.Client, "/health"), TestContext.Current.CancellationToken)).Contains("true", StringComparison.Ordinal);
            }
            catch (HttpRequestException)
            {
                Assert.False(_process.HasExited, "etcd has ended.");
                return false;
            }
        });
    }

    public override async Task StopAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var register in _registers) register.Dispose();
        _ports.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Uri Url(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    private static string Text(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
