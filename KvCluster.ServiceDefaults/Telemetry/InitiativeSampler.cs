using System.Diagnostics;
using OpenTelemetry.Trace;

namespace KvCluster.ServiceDefaults.Telemetry;

/// <summary>Which traces are kept that begin in this process: all that it begins on its own initiative, and one in a thousand of its requests to others.</summary>
/// <remarks>
/// A failover is rare and every one is worth reading; a store answers tens of thousands of requests a second, and to describe each would cost
/// more than to answer it. Which of them is recorded <see cref="RequestTracing"/> has decided before, so its spans are all kept. A caller that
/// has decided to record its trace is followed (this sampler is asked for roots only): a developer sees every write of an application that records.
/// </remarks>
internal sealed class InitiativeSampler : Sampler
{
    private const double RequestRatio = 1d / RequestTracing.RootsPerRecorded;
    private readonly TraceIdRatioBasedSampler _requests = new(RequestRatio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind is ActivityKind.Internal or ActivityKind.Server ? new SamplingResult(SamplingDecision.RecordAndSample) : _requests.ShouldSample(samplingParameters);
}
