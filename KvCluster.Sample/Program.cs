using KvCluster.Client;
using KvCluster.Sample;
using KvCluster.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.AddServiceDefaults();
builder.AddKvClusterClient("kv");
builder.Services.AddSingleton<WriteLedger>();
builder.Services.AddHostedService<LoadWriter>();
builder.Services.AddHostedService<LedgerReport>();
builder.Services.AddHostedService<EndOfInput>();
await builder.Build().RunAsync();
