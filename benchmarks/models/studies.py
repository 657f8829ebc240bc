"""Forty trials of the service on each task: its own default search space, one worker slot; then the best one again with REPEATS seeds. A JSON line a study.

python3 studies.py HPO SHARED OUT [TASK…]      HPO = the program, SHARED = the folder of the raw files
"""
import json, os, subprocess, sys, tempfile, time, urllib.error, urllib.request
from tasks import REPEATS, TASKS

hpo, shared, out = sys.argv[1:4]
data = tempfile.mkdtemp(prefix="hpo-models-")
made = {name: TASKS[name][0](shared, data) for name in (sys.argv[4:] or TASKS)}
for name, (path, options, *_) in made.items():
    if path:
        subprocess.run([hpo, "dataset", "add", name, path, *options, "--data", data], check=True)
service = subprocess.Popen([hpo, "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--slots", "1"], stdout=subprocess.PIPE, text=True)
url = service.stdout.readline().split()[-1] + "/api/v1"


def call(path, body=None):
    request = urllib.request.Request(f"{url}/{path}", None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
    while True:
        try:
            return json.load(urllib.request.urlopen(request))
        except urllib.error.HTTPError as e:
            if e.code != 503:  # busy, as on a loaded machine: nothing was written
                raise
            time.sleep(float(e.headers["Retry-After"] or 1))


def run(study):
    call("studies", study)
    while (now := call(f"studies/{study['name']}"))["state"] == "active":
        time.sleep(2)
    return now


try:
    for name in made:
        _, model, settings, metric = TASKS[name]
        started = time.time()
        study = run({
            "name": name, "objectives": [{"metric": metric, "direction": "maximize" if metric == "accuracy" else "minimize"}],
            "sampler": {"kind": "auto", "seed": 1}, "budget": {"maxTrials": 40, "maxParallelTrials": 1},
            "runner": {"kind": "training", "model": model, "dataset": name, "settings": settings}})
        seconds = time.time() - started
        trials = call(f"studies/{name}/trials?limit=100")["items"]
        best = study["best"]
        test = "test" + metric[0].upper() + metric[1:]
        again = run({
            "name": f"{name}-again", "objectives": study["objectives"], "parameters": study["parameters"], "initialTrials": [best["parameters"]], "budget": {"maxTrials": 1},
            "runner": {"kind": "training", "model": model, "dataset": name, "settings": settings | {"repeats": REPEATS}}})["best"]["values"]
        line = {"task": name, "model": f"service: {model}", "metric": metric, "trials": study["trialCounts"], "validation": best["values"][metric], "test": best["values"][test],
                "parameters": best["parameters"], "trainSeconds": sum((t["values"] or {}).get("trainSeconds", 0) for t in trials), "seconds": seconds,
                "againValidation": again[metric], "againTest": again[test], "againTestStd": again[test + "Std"]}
        print(json.dumps(line), flush=True)
        open(out, "a").write(json.dumps(line) + "\n")
finally:
    service.terminate()
    service.wait()
