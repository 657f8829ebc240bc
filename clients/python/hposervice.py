"""A client of HpoService's HTTP API, version 1. Standard library only; Python 3.9 or later.

    import hposervice

    study = hposervice.Client("http://127.0.0.1:8080").create_study({
        "name": "walk",
        "objectives": [{"metric": "accuracy", "direction": "maximize"}],
        "parameters": [{"name": "learningRate", "type": "float", "low": 1e-4, "high": 0.1, "scale": "log"}],
        "budget": {"maxTrials": 20}})

    for trial in study.trials(worker="gpu-3"):
        with trial:
            for epoch in range(10):
                accuracy = train(trial.parameters["learningRate"])
                trial.report(epoch, accuracy=accuracy)
            trial.complete(accuracy=accuracy)

    print(study.best())

Any number of such programs, on any machines, share one study. What was lost on the way is sent again until it is answered, and nothing counts twice.
"""
import http.client
import json
import logging
import math
import numbers
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

__all__ = ["Client", "Study", "Trial", "ProblemError", "Stopped", "Infeasible"]

FINAL_STATES = ("completed", "canceled", "failed")
_log = logging.getLogger("hposervice")


class ProblemError(Exception):
    """The service refused a request: `status`, and its problem document (RFC 9457) as `problem`."""

    def __init__(self, status, problem):
        errors = problem.get("errors") or [problem]
        super().__init__(f"{status} {problem.get('title', '')}: " + "; ".join(f"{e.get('pointer', '')} {e.get('detail', '')}".strip() for e in errors))
        self.status, self.problem = status, problem

    @property
    def name(self):
        """Which problem, such as study-not-found."""
        return self.problem.get("type", "").rpartition("/")[2]


class Stopped(Exception):
    """A trial should end early: pruned, canceled, its study paused, or its lease lost; or it has ended otherwise meanwhile. A `with trial` takes it in."""


class Infeasible(Exception):
    """Raise it in a `with trial` when its parameters cannot work, for whatever reason: the search keeps away from them and the trial is not tried again."""


class Client:
    """The service at a URL.

    key: of `hpo key add`; None = it needs none. timeout: seconds for one answer. patience: seconds over which a request is sent again while the service is
    away, restarting or busy. Safe to use from several threads.
    """

    def __init__(self, url, key=None, timeout=60, patience=600):
        self.url, self.timeout, self.patience = url.rstrip("/"), timeout, patience
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"

    def create_study(self, study, exists_ok=False):
        """Creates a study from the contract's JSON. exists_ok: if there is one of its name, that is taken as it is, so that many programs may start alike."""
        try:
            return Study(self, self.call("POST", "/studies", study)["name"])
        except ProblemError as e:
            if not exists_ok or e.name != "name-taken":
                raise
            return Study(self, study["name"])

    def study(self, name):
        """The study of a name or an id; ProblemError study-not-found if there is none."""
        return Study(self, self.call("GET", f"/studies/{_quoted(name)}")["name"])

    def call(self, method, path, body=None, query=None, patience=None):
        """Any other call of the contract: path below /api/v1, body and answer as JSON. Every POST has an Idempotency-Key, so sending it again does nothing twice."""
        url = f"{self.url}/api/v1{path}" + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = dict(self._headers, **({"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}))
        data = None if body is None else json.dumps(_sayable(body)).encode()
        timeout = min(self.timeout, patience) if patience else self.timeout
        patience = self.patience if patience is None else patience
        began, pause, told = time.monotonic(), 0.1, patience < 5
        until = began + patience
        while True:
            wait = pause
            try:
                with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=timeout) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as e:
                if e.code not in (429, 502, 503, 504) or time.monotonic() > until:
                    raise ProblemError(e.code, _problem(e)) from None
                wait, why = max(pause, _seconds(e.headers.get("Retry-After"))), f"{e.code} {e.reason}"
            except (OSError, http.client.HTTPException) as e:
                if time.monotonic() > until or _is_for_ever(e):
                    raise
                why = e
            if not told and time.monotonic() - began > 5:
                told = True
                _log.warning("%s %s is not answered (%s): it is sent again for up to %g seconds", method, url, why, patience)
            time.sleep(wait)
            pause = min(2 * pause, 5)

    def items(self, path, query=None):
        """All items of a list, page by page."""
        query, after = dict(query or {}, limit=1000), None
        while True:
            page = self.call("GET", path, query=query if after is None else dict(query, after=after))
            yield from page["items"]
            after = page["next"]
            if after is None:
                return


class Study:
    """A study of the service. What it is like now is `get()`."""

    def __init__(self, client, name):
        self.client, self.name, self.path = client, name, f"/studies/{_quoted(name)}"

    def get(self):
        """The study as the contract's JSON."""
        return self.client.call("GET", self.path)

    def best(self):
        """The best feasible trial as the contract's JSON; None while there is none. Of several objectives: `front()`."""
        return next(iter(self.front()), None)

    def front(self):
        """The trials than which no other is better in every objective, as the contract's JSON; of one objective, the best."""
        return list(self.client.items(f"{self.path}/best"))

    def history(self, **query):
        """Its trials as the contract's JSON, such as history(state="completed")."""
        return self.client.items(f"{self.path}/trials", query)

    def suggest(self, worker="python", lease_seconds=60):
        """A trial to run, or None while there is none; and the study's state."""
        answer = self.client.call("POST", f"{self.path}/suggest", {"count": 1, "worker": worker, "leaseSeconds": lease_seconds})
        return next((Trial(self, t, lease_seconds) for t in answer["trials"]), None), answer["studyState"]

    def trials(self, worker="python", lease_seconds=60, poll_seconds=1.0):
        """Trials to run, one after another, until the study is over; waits while it is paused or as many run as may."""
        while True:
            trial, state = self.suggest(worker, lease_seconds)
            if trial is not None:
                yield trial
            elif state in FINAL_STATES:
                return
            else:
                time.sleep(poll_seconds)

    def optimize(self, objective, worker="python", lease_seconds=60):
        """Runs objective(trial) for trial after trial until the study is over; it gives a number, the value of the only objective, or a tuple of them in the study's
        order, or a dict of values by metric, or ends the trial itself."""
        metrics = [o["metric"] for o in self.get()["objectives"]]
        for trial in self.trials(worker, lease_seconds):
            with trial:
                values = objective(trial)
                if values is not None:
                    trial.complete(_by_metric(values, metrics))


class Trial:
    """A trial that is ours to run: `number`, `parameters` (a dict), `attempt`.

    As a context it keeps the lease while its body computes, however long a step takes. When the body raises Infeasible or Stopped, the trial ends so; any other
    exception, also Ctrl-C, fails it (it is tried again up to the study's maxAttempts) and goes on upwards; a body that ends without a result completes with what it
    reported last.
    """

    def __init__(self, study, trial, lease_seconds=60):
        self.study, self.number, self.attempt = study, trial["number"], trial["attempt"]
        self.parameters, self.json = trial["parameters"], trial
        self.ended = False
        self._path, self._token = f"{study.path}/trials/{self.number}", trial["lease"]["token"]
        self._lease_seconds, self._latest, self._reason = lease_seconds, None, None
        self._over, self._beating = threading.Event(), None

    def report(self, step, values=None, **named):
        """Stores a measurement: step >= 0 and values by metric. Raises Stopped when the trial should end."""
        self._latest = _numbers(dict(values or {}, **named))
        self._obey(self._post("report", step=step, values=self._latest))
        self.check()

    def check(self):
        """Raises Stopped when the trial should end, as the latest report or heartbeat said."""
        if self._reason is not None:
            raise Stopped(self._reason)

    def complete(self, values=None, **named):
        """Ends it with its values by metric; NaN and infinities make it infeasible. This and its sisters raise Stopped when it has ended otherwise or is somebody else's."""
        return self._end("complete", values=_numbers(dict(values or {}, **named)))

    def prune(self, reason="pruned by the client"):
        """Ends it early; its last measurement counts."""
        return self._end("prune", reason=_text(reason))

    def infeasible(self, reason):
        """Ends it: its parameters cannot work."""
        return self._end("infeasible", reason=_text(reason))

    def fail(self, reason, patience=None):
        """Ends this attempt."""
        return self._end("fail", patience, reason=_text(reason))

    def set_attributes(self, attributes):
        """Keeps a dict of JSON values beside it."""
        return self.study.client.call("PATCH", self._path, {"userAttributes": attributes})

    def __enter__(self):
        self._beating = threading.Thread(target=self._beat, name=f"trial {self.number}", daemon=True)
        self._beating.start()
        return self

    def __exit__(self, _, error, __):
        self._over.set()
        try:
            if not self.ended:
                self._end_with(error)
        except Stopped:
            pass  # it is over, or somebody else's by now: not ours to end
        except Exception as e:
            if error is None:
                self._leave(e)
                raise
            _log.warning("trial %d could not be ended: %s", self.number, e)  # what the body raised matters more
        return isinstance(error, (Stopped, Infeasible))

    def _end_with(self, error):
        if isinstance(error, Infeasible):
            self.infeasible(str(error) or "infeasible")
        elif isinstance(error, Stopped):
            # Of a paused study it goes back to the queue, once the lease has run out.
            if self.study.get()["state"] != "paused":
                self.prune(str(error))
        elif error is not None:
            # Who presses Ctrl-C does not want to wait.
            self.fail(f"{type(error).__name__}: {error}".removesuffix(": "), patience=None if isinstance(error, Exception) else 5)
        elif self._latest is not None:
            self.complete(self._latest)
        else:
            self.fail("it ended without a result")

    # With a result that the service does not take.
    def _leave(self, problem):
        try:
            self.fail(str(problem), patience=5)
        except Exception as e:
            _log.warning("trial %d could not be ended: %s", self.number, e)

    def _beat(self):
        while not self._over.wait(self._lease_seconds / 3):
            try:
                self._obey(self._post("heartbeat", patience=0))
            except (ProblemError, OSError, http.client.HTTPException):
                pass  # the next one is tried, and what stays wrong the next report says

    def _obey(self, answer):
        if answer["shouldStop"]:
            self._reason = answer["reason"] or "stopped"

    def _end(self, how, patience=None, **body):
        try:
            ended = self._post(how, patience, **body)
        except ProblemError as e:
            if e.status != 409:
                raise
            raise Stopped(str(e)) from None
        self.ended = True
        return ended

    def _post(self, how, patience=None, **body):
        return self.study.client.call("POST", f"{self._path}/{how}", dict(body, leaseToken=self._token), patience=patience)


def _quoted(name):
    return urllib.parse.quote(str(name), safe="")


def _text(reason):
    return str(reason)[:1000].encode("utf-8", "replace").decode()


# What waiting does not heal.
def _is_for_ever(error):
    reason = getattr(error, "reason", error)
    return isinstance(reason, (str, ssl.SSLCertVerificationError)) or isinstance(reason, ssl.SSLError) and reason.reason == "WRONG_VERSION_NUMBER"


def _by_metric(values, metrics):
    if isinstance(values, dict):
        return values
    if not isinstance(values, (tuple, list)):
        values = [values]
    if len(values) != len(metrics):
        raise TypeError(f"an objective must give a value for each of {', '.join(metrics)}, but got {len(values)}")
    return dict(zip(metrics, values))


def _numbers(values):
    for metric, value in values.items():
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(f"the value of {metric} must be a number, but got {value!r}")
    return values


# JSON has no NaN; the contract has words for it.
def _sayable(value):
    if isinstance(value, dict):
        return {k: _sayable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sayable(v) for v in value]
    if hasattr(value, "item") and not isinstance(value, (int, float)):
        value = value.item()  # a number of NumPy's or torch's
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _problem(error):
    try:
        problem = json.loads(error.read())
        return problem if isinstance(problem, dict) else {"detail": str(problem)}
    except (ValueError, OSError, http.client.HTTPException):
        return {"title": error.reason, "detail": "the answer was no problem document"}


def _seconds(header):
    try:
        return min(60.0, float(header))
    except (TypeError, ValueError):
        return 0.0
