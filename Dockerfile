# syntax=docker/dockerfile:1
# The server. Build it at the root of the repository: docker build -t kvcluster:0.1.0 .
# The build runs on the builder's own kind of processor, also for an image of another kind.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
WORKDIR /source

# Packages first: they change less often than the code.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY KvCluster.Protocol/KvCluster.Protocol.csproj KvCluster.Protocol/
COPY KvCluster.Core/KvCluster.Core.csproj KvCluster.Core/
COPY KvCluster.ServiceDefaults/KvCluster.ServiceDefaults.csproj KvCluster.ServiceDefaults/
COPY KvCluster.Node/KvCluster.Node.csproj KvCluster.Node/
RUN dotnet restore KvCluster.Node/KvCluster.Node.csproj -a $TARGETARCH

COPY .editorconfig ./
COPY KvCluster.Protocol/ KvCluster.Protocol/
COPY KvCluster.Core/ KvCluster.Core/
COPY KvCluster.ServiceDefaults/ KvCluster.ServiceDefaults/
COPY KvCluster.Node/ KvCluster.Node/
RUN dotnet publish KvCluster.Node/KvCluster.Node.csproj -c Release -a $TARGETARCH --self-contained false --no-restore -o /app \
    && mkdir /data && chown 1654:1654 /data

# No shell, no package manager, and the user 1654. RocksDB's native library needs glibc 2.34 and libgcc, which are here.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
COPY --from=build --chown=1654:1654 /data /data

# The server opens the ports that its options name. Without the diagnostics port the runtime writes nothing outside of /data, so that the
# root file system can be read-only.
ENV ASPNETCORE_HTTP_PORTS= \
    DOTNET_EnableDiagnostics=0 \
    KvNode__DataDirectory=/data/store \
    KvNode__BindAddress=0.0.0.0 \
    KvNode__HttpPort=8080 \
    KvNode__PeerPort=7000
EXPOSE 8080 7000
VOLUME /data
USER 1654:1654
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "KvCluster.Node.dll"]
