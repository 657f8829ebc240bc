#pragma warning disable
namespace HpoService.Search.Sampling.GaussianProcess;
public static class Knobs { static readonly System.Collections.Concurrent.ConcurrentDictionary<string,double> D=new(); public static double Get(string n,double d)=>D.GetOrAdd(n,k=>Environment.GetEnvironmentVariable(k) is {Length:>0} v?double.Parse(v):d); }
