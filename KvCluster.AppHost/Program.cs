using KvCluster.AppHost.Commands;

#if ASPIRE
const bool HasAspire = true;
#else
const bool HasAspire = false;
#endif
return await new AppHostCommand(ClusterStart.RunAsync, acceptsUnknown: HasAspire).RunAsync(args, Console.Out, Console.Error);
