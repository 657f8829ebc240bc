// They start processes and wait for them most of the time.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
