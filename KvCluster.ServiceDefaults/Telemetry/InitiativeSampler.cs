using System.Diagnostics;
using OpenTelemetry.Trace;

namespace KvCluster.ServiceDefaults.Telemetry;

/// <summary>Which traces are kept that begin in this process: all that it begins on its own initiative, one in a hundred of those that a request begins.</summary>
/// <remarks>
/// A failover is rare and every one is worth reading; a store answers tens of thousands of requests a second, and to describe each would cost more
/// than to answer it. A caller that has decided to record its trace is followed (this sampler is asked for roots only), so that a
/// developer sees every write of an application that records.
/// </remarks>
internal sealed class InitiativeSampler : Sampler
{
    private const double RequestRatio = 0.01;
    private readonly TraceIdRatioBasedSampler _requests = new(RequestRatio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Internal ? new SamplingResult(SamplingDecision.RecordAndSample) : _requests.ShouldSample(samplingParameters);
}
