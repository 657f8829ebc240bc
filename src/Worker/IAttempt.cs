using HpoService.Search.Studies;
using HpoService.Worker.Processes;

namespace HpoService.Worker;

/// <summary>One attempt at one trial, in a process of its own.</summary>
internal interface IAttempt : IDisposable
{
    /// <summary>Runs to the end; the message is never a measurement. A process that dies, or says what is no message, gives a failed one; one that ends well without a word gives an empty one.</summary>
    Task<Message> RunAsync(Func<Measurement, Task> report, CancellationToken cancellationToken);

    /// <summary>Whether it may leave something to a later attempt when it is asked to stop: then it is given the time, also at a shutdown.</summary>
    bool KeepsWork { get; }

    /// <summary>Asks it to stop soon. Disposing it ends it at once.</summary>
    void Stop();
}
