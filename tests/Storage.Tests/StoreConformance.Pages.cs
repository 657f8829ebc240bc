using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(TrialSort.Value, "NaN_0")]
    [InlineData(TrialSort.Value, "1")]
    [InlineData(TrialSort.Value, "1_-1")]
    [InlineData(TrialSort.Changed, "NaN_0")]
    [InlineData(TrialSort.Number, "1_1")]
    public async Task A_cursor_that_no_page_gave_is_told_apart_from_a_bug(TrialSort sort, string cursor)
    {
        await CreateAsync();
        await Assert.ThrowsAsync<FormatException>(
            () => _services.GetRequiredService<TrialPages>().GetAsync("s", new TrialQuery(After: cursor, Sort: sort), default));
    }
}
