"""A program for a command runner: reads its trial from its input, reports by lines, keeps a file, stops when asked to."""
import json
import os
import signal
import sys

trial = json.load(sys.stdin)
parameters = trial["parameters"]
stopped = False


def stop(signum, frame):
    global stopped
    stopped = True


signal.signal(signal.SIGTERM, stop)


def report(**message):
    print("hpo", json.dumps(message), flush=True)


print("training on", sys.argv[1], "with", parameters, flush=True)
weight = 0.0
for step in range(1, 21):
    weight -= parameters["learningRate"] * 2 * (weight - 3)
    loss = (weight - 3) ** 2
    report(step=step, values={"loss": loss})
    if stopped:
        sys.exit(1)

with open(os.path.join(trial["artifacts"], "weight.json"), "w") as file:
    json.dump(weight, file)
report(complete={"loss": loss})
