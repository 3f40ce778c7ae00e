using System.Net;
using k8s.Models;

namespace KvCluster.Node.Control.Kubernetes;

/// <param name="Status">What the API server said; 408 when nothing that could be understood came in time.</param>
internal readonly record struct ConfigMapAnswer(HttpStatusCode Status, V1ConfigMap? Map = null);
