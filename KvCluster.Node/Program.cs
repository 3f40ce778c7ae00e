using KvCluster.Node.Host;

return await ServerProgram.RunAsync(args);
