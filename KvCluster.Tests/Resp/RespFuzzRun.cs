using System.Diagnostics;
using System.Globalization;

namespace KvCluster.Tests.Resp;

/// <summary>A run of the parser's fuzz on a thread of its own, watched from outside: no input may take long or take memory.</summary>
internal sealed class RespFuzzRun
{
    private const int InputsPerSeed = 1_000;

    // The longest input has 512 bytes. What a parser reserves because of a length that is only named would be far above this.
    private const long BytesPerInputMax = 64 * 1024;
    private static readonly TimeSpan InputPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _firstSeed;
    private readonly long _inputs;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private RespFuzz _fuzz;
    private long _done;
    private int _seed;

    public RespFuzzRun(int firstSeed, long inputs)
    {
        (_firstSeed, _inputs, _seed, _fuzz) = (firstSeed, inputs, firstSeed, new RespFuzz(firstSeed));
        new Thread(Run) { IsBackground = true, Name = "fuzz" }.Start();
    }

    public long Requests { get; private set; }
    public long Faults { get; private set; }

    /// <summary>Most bytes that were allocated for one input.</summary>
    public long BytesMax { get; private set; }
    private long Done => Interlocked.Read(ref _done);

    /// <exception cref="TimeoutException">One input is worked on for too long.</exception>
    public async Task WaitAsync()
    {
        var (done, since) = (Done, Stopwatch.StartNew());
        while (await Task.WhenAny(_over.Task, Task.Delay(LookPause, TestContext.Current.CancellationToken)) != _over.Task)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (Done != done) (done, since) = (Done, Stopwatch.StartNew());
            else if (since.Elapsed > InputPatience) throw new TimeoutException(Describe("hangs"));
        }

        await _over.Task;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{_done:N0} inputs from seed {_firstSeed} in {_clock.Elapsed.TotalSeconds:0} s: {Requests:N0} requests, {Faults:N0} faults, at most {BytesMax:N0} bytes allocated for one");

    private void Run()
    {
        try
        {
            while (_done < _inputs)
            {
                _fuzz = new RespFuzz(_seed);
                for (var i = 0; i < InputsPerSeed && _done < _inputs; i++) RunOne();
                Requests += _fuzz.Requests;
                Faults += _fuzz.Faults;
                _seed = unchecked(_seed + 1);
            }

            _over.SetResult();
        }
        catch (Exception broken)
        {
            // The border of the thread: the test that waits gets it.
            _over.SetException(new InvalidOperationException(Describe("breaks the parser"), broken));
        }
    }

    private void RunOne()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        _fuzz.RunOne();
        BytesMax = Math.Max(BytesMax, GC.GetAllocatedBytesForCurrentThread() - before);
        if (BytesMax > BytesPerInputMax) throw new InvalidOperationException($"{BytesMax} bytes were allocated for one input.");
        Interlocked.Increment(ref _done);
    }

    private string Describe(string what) => $"Seed {_seed}, input {Convert.ToHexString(_fuzz.Input)} {what}. Replay: KVCLUSTER_FUZZ_SEED={_seed} KVCLUSTER_FUZZ_INPUTS={InputsPerSeed} dotnet test KvCluster.Tests --filter AnyBytes_NeitherThrowNorHang";
}
