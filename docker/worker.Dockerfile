FROM debian:12 AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libicu72 g++ cmake make libtorch-dev && rm -rf /var/lib/apt/lists/*
COPY --from=mcr.microsoft.com/dotnet/sdk:10.0 /usr/share/dotnet /usr/share/dotnet
ENV PATH=$PATH:/usr/share/dotnet DOTNET_CLI_TELEMETRY_OPTOUT=1
COPY . /source
RUN dotnet publish /source/src/Cli -c Release -o /app

FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends libtorch1.13 libopenblas0-pthread libsqlite3-0 && rm -rf /var/lib/apt/lists/*
COPY --from=mcr.microsoft.com/dotnet/aspnet:10.0 /usr/share/dotnet /usr/share/dotnet
COPY --from=build /app /app
ENV DOTNET_ROOT=/usr/share/dotnet
RUN useradd --system --uid 10001 hpo && mkdir /data && chown hpo /data
USER hpo
VOLUME /data
ENTRYPOINT ["/app/hpo", "worker", "--data", "/data"]
