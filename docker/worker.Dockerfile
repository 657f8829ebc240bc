# Built and run on Debian 12, whose libtorch the native part is linked with. Of the official .NET images, which are Ubuntu, only the dotnet
# folder is taken: docs/decisions/0004-containers.md.
FROM debian:bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates cmake g++ libgloo-dev libssl3 libstdc++6 libtorch-dev make \
 && rm -rf /var/lib/apt/lists/*
COPY --from=mcr.microsoft.com/dotnet/sdk:10.0 /usr/share/dotnet /usr/share/dotnet
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /source
COPY . .
RUN /usr/share/dotnet/dotnet publish src/Cli -c Release -o /app -p:RestoreLockedMode=true -p:Ahead=true

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libopenblas0-pthread libsqlite3-0 libssl3 libstdc++6 libtorch1.13 libturbojpeg0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home hpo \
 && install -d -o hpo /data
COPY --from=mcr.microsoft.com/dotnet/aspnet:10.0 /usr/share/dotnet /usr/share/dotnet
COPY --from=build /app /app
ENV DOTNET_ROOT=/usr/share/dotnet
USER 10001
VOLUME /data
HEALTHCHECK --interval=15s --timeout=15s --start-period=30s CMD ["/app/hpo", "health", "--data", "/data"]
ENTRYPOINT ["/app/hpo", "worker", "--data", "/data"]
