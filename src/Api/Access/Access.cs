using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;
using HpoService.Api.Problems;
using HpoService.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace HpoService.Api.Access;

/// <summary>Who may call what, how often, how long and with how much.</summary>
internal static class Access
{
    public const string RoleClaim = "role";
    private const string NameClaim = "name";

    /// <summary>The time-out of calls whose bodies may be large.</summary>
    public const string Upload = "upload";

    /// <summary>The caller's name while there are no keys.</summary>
    public const string Anonymous = "(anonymous)";

    public static IServiceCollection AddHpoAccess(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().BindConfiguration("Auth");
        services.AddOptions<LimitOptions>().BindConfiguration("Limits");
        services.AddSingleton<KeyRing>().AddSingleton<KeyAttempts>();
        // AddAuthentication would also keep keys of cookies, which we have none of, in the home folder, and warn that they are not encrypted.
        services.AddAuthenticationCore(options => options.DefaultScheme = KeyAuthentication.Bearer).AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Bearer, null);
        var authorization = services.AddAuthorizationBuilder();
        foreach (var role in Enum.GetValues<Role>())
            authorization.AddPolicy(Policy(role), policy => policy.RequireClaim(Policy(role)));
        services.AddRateLimiter(limiter => limiter.OnRejected = (context, _) => throw new RefusedException(429, "too-many-requests",
            "requests a second must stay within the limit of one caller, but got more.",
            context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1));
        services.AddOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>()
            .Configure<IOptions<LimitOptions>>((limiter, limits) => limiter.GlobalLimiter = Limiter(limits.Value));
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<LimitOptions>>((timeouts, limits) =>
        {
            timeouts.DefaultPolicy = Within(limits.Value.RequestSeconds, new RefusedException(503, "busy", "a request must end in time, but got no turn.", 1));
            var seconds = limits.Value.UploadSeconds;
            timeouts.AddPolicy(Upload, Within(seconds, new RefusedException(408, "too-slow", $"a body must come and be read within {seconds} seconds, but got no end.")));
        });
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitOptions>>((kestrel, limits) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.Value.BodyBytes;
            kestrel.RequestHeaderEncodingSelector = RequestHeaders.EncodingOf;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(BareRefusals.Over));
        });
        return services;
    }

    private static RequestTimeoutPolicy Within(double seconds, RefusedException otherwise) => new()
    {
        Timeout = TimeSpan.FromSeconds(seconds), TimeoutStatusCode = otherwise.Status, WriteTimeoutResponse = context => ProblemHandler.WriteAsync(context, otherwise),
    };

    /// <summary>In this order: the limit goes by the caller, and holds for those, too, who are let in nowhere.</summary>
    public static void UseHpoAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseRequestTimeouts();
    }

    /// <summary>Lets only callers of this role, or of one that may do more, call the endpoint.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Role role) where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Policy(role));

    public static ClaimsPrincipal Principal(string name, Role role, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, NameClaim, RoleClaim);
        identity.AddClaim(new Claim(NameClaim, name));
        identity.AddClaim(new Claim(RoleClaim, Policy(role)));
        for (var may = Role.Read; may <= role; may++)
            identity.AddClaim(new Claim(Policy(may), ""));
        return new ClaimsPrincipal(identity);
    }

    private static string Policy(Role role) => role switch { Role.Read => "read", Role.Worker => "worker", Role.Write => "write", _ => "admin" };

    private static PartitionedRateLimiter<HttpContext> Limiter(LimitOptions limits) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
    {
        var name = context.User.Identity is { IsAuthenticated: true, Name: { } caller } ? caller : null;
        var isOpen = context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is null; // nobody was asked for a key
        if (limits.RequestsPerSecond <= 0 || (isOpen || name == Anonymous) && (context.Connection.RemoteIpAddress is not { } remote || IPAddress.IsLoopback(remote)))
            return RateLimitPartition.GetNoLimiter("");
        return RateLimitPartition.GetTokenBucketLimiter(name is null or Anonymous ? $"{context.Connection.RemoteIpAddress}" : $"key {name}", _ => Bucket(limits.RequestsPerSecond));
    });

    /// <summary>Exactly so many a second, whether few or many; twice as many at once.</summary>
    internal static TokenBucketRateLimiterOptions Bucket(int perSecond)
    {
        var tokens = Math.Max(1, perSecond / 10);
        return new() { TokenLimit = 2 * perSecond, TokensPerPeriod = tokens, ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / perSecond), QueueLimit = 0 };
    }
}
