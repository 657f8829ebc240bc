using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Threading.RateLimiting;
using HpoService.Api.Problems;
using HpoService.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace HpoService.Api.Access;

/// <summary>Who calls: the holder of a key, or, while there are no keys, whoever is on this machine.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyRing keys, KeyAttempts attempts, IOptions<AccessOptions> access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Bearer = "Bearer";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // What is open to all must be so while the database, which knows the keys, is away.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is null)
            return AuthenticateResult.NoResult();
        if (!await keys.HasKeysAsync(Context.RequestAborted))
            return IsWelcome() ? Succeed(Access.Anonymous, Role.Admin) : AuthenticateResult.NoResult();
        if (Presented() is not { } key)
            return AuthenticateResult.NoResult();
        if (await keys.KnownAsync(key, Context.RequestAborted) is { } known)
            return Succeed(known.Name, known.Role);
        attempts.Count(Context);
        return await keys.CheckAsync(key, Context.RequestAborted) is { } found ? Succeed(found.Name, found.Role) : AuthenticateResult.Fail("unknown");
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties) => throw new RefusedException(401, "unauthenticated",
        await keys.HasKeysAsync(Context.RequestAborted)
            ? $"Authorization must be Bearer and a key that is valid, but got {(Presented() is null ? "none" : "another")}."
            : IsFromOtherSite() ? "without any key a change must not be asked for by another site's page, but got one that is."
            : "without any key the service must be called from its own machine, by a loopback address, but got a call from elsewhere.");

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => throw new RefusedException(403, "forbidden",
        $"the key's role must be one that may {Request.Method} {Request.Path}, but got {Context.User.FindFirstValue(Access.RoleClaim)}.");

    private string? Presented() =>
        Request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;

    // A page of another site that is open in a browser on this machine calls from this machine, too: by a name of its own that leads here,
    // or by sending a form. And a proxy on this machine calls for others.
    private bool IsWelcome() => access.Value.AllowAnonymous && !IsFromOtherSite()
        || (Context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)) && IsLoopback(Request.Host.Host)
        && !Request.Headers.ContainsKey("X-Forwarded-For") && !Request.Headers.ContainsKey("Forwarded")
        && (HttpMethods.IsGet(Request.Method) || Request.Headers.Origin.ToString() is not { Length: > 0 } origin || origin == $"{Request.Scheme}://{Request.Host}");

    // As the browser says, by a service's address alone it cannot be told behind a proxy; over HTTP to another machine it says its page's address only.
    private bool IsFromOtherSite() => !HttpMethods.IsGet(Request.Method) && (Request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
        ? site is "cross-site" or "same-site"
        : Request.Headers.Origin.ToString() is { Length: > 0 } origin && !new[] { Request.Host.Value, Request.Headers["X-Forwarded-Host"].ToString() }.Any(host => origin.EndsWith($"://{host}", StringComparison.OrdinalIgnoreCase)));

    private static bool IsLoopback(string host) =>
        host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);

    private AuthenticateResult Succeed(string name, Role role) => AuthenticateResult.Success(new AuthenticationTicket(Access.Principal(name, role, Scheme.Name), Scheme.Name));
}

/// <summary>How often each address may present keys that are not known: guessing costs this machine time.</summary>
internal sealed class KeyAttempts : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(
        address, _ => new TokenBucketRateLimiterOptions { TokenLimit = 20, TokensPerPeriod = 5, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 }));

    /// <exception cref="RefusedException">Too often.</exception>
    public void Count(HttpContext context)
    {
        using var lease = _limiter.AttemptAcquire(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!lease.IsAcquired)
            throw new RefusedException(429, "too-many-requests", "keys that are not known must come from one address at most 5 times a second, but got more.", 1);
    }

    public void Dispose() => _limiter.Dispose();
}
