namespace KvCluster.Benchmarks.Measurement;

/// <summary>What one process cost during a measurement.</summary>
/// <param name="MicrosecondsPerOperation">Processor time divided by the operations of the whole run.</param>
/// <param name="Cores">How many cores it kept busy on average.</param>
internal sealed record ProcessorUse(string Name, double MicrosecondsPerOperation, double Cores);
