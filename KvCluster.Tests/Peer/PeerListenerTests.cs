using System.Net;
using KvCluster.Core.Replication;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Peer;
using KvCluster.Protocol.Identity;
using KvCluster.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Peer;

public sealed class PeerListenerTests : IDisposable
{
    private const int Self = 7;
    private static readonly ClusterId Cluster = new(Guid.Parse("22222222-2222-2222-2222-222222222222"));
    private readonly ReservedPorts _ports = new();
    private readonly TaskCompletionSource<PeerHello> _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PeerListener _listener;
    private readonly int _port;

    public PeerListenerTests()
    {
        _port = _ports.Take().Peer;
        _listener = new PeerListener(new IPEndPoint(IPAddress.Parse(ClusterPlan.Host), _port), TimeSpan.FromSeconds(5), NullLogger.Instance)
        {
            Identity = new PeerIdentity(Cluster, new Member(new ServerId(Self), new Incarnation(3))),
        };
        foreach (var purpose in Enum.GetValues<PeerPurpose>()) _listener.Take(purpose, OnGreeted);
        _listener.Start();
    }

    public static TheoryData<string, byte[]> Strangers => new()
    {
        { "no frame", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray() },
        { "a length below zero", PeerPort.Announced(-1) },
        { "no length", PeerPort.Announced(0) },
        { "more than any frame", PeerPort.Announced(int.MaxValue) },
        { "a frame longer than a greeting", PeerPort.Announced(PeerHello.Bytes + 1) },
        { "a wrong checksum", Damaged(PeerPort.Frame(PeerPort.Hello(Cluster, 1, Self))) },
        { "a frame that is no greeting", PeerPort.Frame(new byte[PeerHello.Bytes]) },
        { "another cluster", PeerPort.Frame(PeerPort.Hello(new ClusterId(Guid.NewGuid()), 1, Self)) },
        { "another server meant", PeerPort.Frame(PeerPort.Hello(Cluster, 1, Self + 1)) },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Stranger_IsHungUpOn_AndTheNextIsHeard(string what, byte[] said)
    {
        Assert.True(await PeerPort.IsClosedAfterAsync(_port, said, Cancellation), what);
        Assert.False(_greeted.Task.IsCompleted, what);

        var answer = await PeerPort.GreetAsync(_port, PeerPort.Hello(Cluster, 1, Self), Cancellation);

        Assert.Equal((Cluster, Self, 1), (answer.Cluster, answer.From.Id.Value, answer.To.Value));
    }

    [Fact]
    public async Task Greeting_OfThisCluster_IsHandedOn()
    {
        var hello = PeerPort.Hello(Cluster, 1, Self, PeerPurpose.Entries);
        await PeerPort.GreetAsync(_port, hello, Cancellation);
        Assert.Equal(hello, await _greeted.Task.WaitAsync(Cancellation));
    }

    // Two of three voters whose servers were renumbered would never be found by the others, and the register could not say so.
    [Fact]
    public async Task Greeting_ForAVote_IsHandedOn_WhateverTheServersNumberIsNow()
    {
        var hello = PeerPort.Hello(Cluster, 1, Self + 1, PeerPurpose.Register);
        await PeerPort.GreetAsync(_port, hello, Cancellation);
        Assert.Equal(hello, await _greeted.Task.WaitAsync(Cancellation));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _ports.Dispose();
    }

    private void OnGreeted(FrameSocket socket, PeerHello hello)
    {
        socket.Dispose();
        _greeted.TrySetResult(hello);
    }

    private static byte[] Damaged(byte[] frame)
    {
        frame[^1] ^= 1;
        return frame;
    }
}
