Console.WriteLine("KvCluster");
