"""Optuna's samplers on the tasks of `hpo bench`, one JSON line a search to standard output.

python3 optuna_runs.py --hpo ../../hpo --tasks mixed16,levy20_hd --samplers tpe,cmaes --seeds 5 > runs.jsonl

Ordered lists are given as integers, the others as categoricals. An infeasible or failed trial without a value is told as failed. TPE knows the
constraints of the group constrained. Fronts count the share of the box that all points so far dominate.
"""
import argparse
import json
import subprocess
import sys
import warnings

import optuna


def excess(trial):
    return trial.user_attrs.get("excess", ())


SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed, constraints_func=excess),
    "tpe-multivariate": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True, constraints_func=excess),
    "nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "cmaes": lambda seed: optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False),
}


def suggest(trial, p):
    name, log = p["name"], p.get("scale") == "log"
    if p["type"] == "float":
        return trial.suggest_float(name, p["low"], p["high"], log=log, step=p.get("step"))
    if p["type"] == "int":
        return trial.suggest_int(name, int(p["low"]), int(p["high"]), log=log, step=int(p.get("step") or 1))
    if p["type"] == "ordinal":
        return p["values"][trial.suggest_int(name, 0, len(p["values"]) - 1)]
    return trial.suggest_categorical(name, p.get("choices") or [False, True])


def is_active(p, point):
    when = p.get("when")
    if not when:
        return True
    value = point.get(when["parameter"])
    if value is None:
        return False
    if when.get("in") is not None:
        return value in when["in"]
    return not (when.get("atLeast") is not None and value < when["atLeast"]) and not (when.get("atMost") is not None and value > when["atMost"])


def search(hpo, task, name, seed, trials, data):
    command = [hpo, "bench", "answer", task, "--seed", str(seed)] + (["--data", data] if data else [])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as oracle:
        problem = json.loads(oracle.stdout.readline())
        study = optuna.create_study(sampler=SAMPLERS[name](seed), directions=problem.get("directions") or [problem["direction"]])
        sign = -1 if problem.get("direction") == "maximize" else 1
        incumbent, truth, best = None, None, []
        for _ in range(trials or problem["trials"]):
            trial = study.ask()
            point = {}
            for p in problem["parameters"]:
                if is_active(p, point):
                    point[p["name"]] = suggest(trial, p)
            oracle.stdin.write(json.dumps(point) + "\n")
            oracle.stdin.flush()
            answer = json.loads(oracle.stdout.readline())
            if "values" in answer:
                study.tell(trial, answer["values"])
                best.append(float(f"{answer['truth']:.6g}"))
                continue
            if "excess" in answer:
                trial.set_user_attr("excess", answer["excess"])
            if answer.get("value") is not None and (answer["state"] == "completed" or "excess" in answer):
                study.tell(trial, answer["value"])
                for _ in range(problem["copies"] - 1):
                    study.add_trial(study.trials[-1])
                if answer["state"] == "completed" and (incumbent is None or sign * answer["value"] < incumbent):
                    incumbent, truth = sign * answer["value"], answer["truth"]
            else:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            best.append(None if truth is None else problem["origin"] + float(f"{truth - problem['origin']:.6g}"))
        oracle.stdin.close()
    return {"task": task, "sampler": f"optuna{optuna.__version__}-{name}", "seed": seed, "best": best}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hpo", default="../../hpo")
    parser.add_argument("--tasks", required=True)
    parser.add_argument("--samplers", default="tpe,cmaes")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trials", type=int)
    parser.add_argument("--data")
    a = parser.parse_args()
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for task in a.tasks.split(","):
        for name in a.samplers.split(","):
            for seed in range(a.seeds):
                print(json.dumps(search(a.hpo, task, name, seed, a.trials, a.data)), flush=True)
                print(task, name, seed, file=sys.stderr)


main()
