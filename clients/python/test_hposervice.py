"""Against a real service: HPO_URL=http://127.0.0.1:8080 python3 -m unittest, in this folder. The service's own tests run it."""
import os
import pathlib
import re
import time
import unittest
import unittest.mock
import uuid

import hposervice
from hposervice import Infeasible, ProblemError, Stopped

URL = os.environ["HPO_URL"]


class ClientTests(unittest.TestCase):
    def study(self, trials=3, **more):
        return hposervice.Client(URL).create_study({
            "name": f"python-{uuid.uuid4().hex[:8]}", "parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}],
            "sampler": {"kind": "random", "seed": 1}, "budget": {"maxTrials": trials}, **more})

    def states(self, study):
        return [(t["state"], t["attempt"]) for t in study.history()]

    def test_the_example_of_the_readme(self):
        code = re.search(r"```python\n(.*?)```", pathlib.Path(__file__).with_name("README.md").read_text(), re.DOTALL).group(1)
        names = {"print": lambda *_: None}
        exec(code.replace("http://127.0.0.1:8080", URL), names)
        self.assertEqual("completed", names["study"].get()["state"])
        self.assertEqual(30, len(list(names["study"].history())))
        self.assertLess(names["study"].best()["values"]["loss"], 0.01)

    def test_a_result_is_what_was_completed_or_else_reported_last(self):
        study = self.study()
        for trial in study.trials(worker="me"):
            with trial:
                trial.report(1, value=trial.parameters["x"])
                if trial.number > 0:
                    trial.complete({"value": 7 + trial.number})
        self.assertEqual([("completed", 1)] * 3, self.states(study))
        first, second, third = study.history()
        self.assertEqual(first["parameters"]["x"], first["values"]["value"])
        self.assertEqual([8, 9], [second["values"]["value"], third["values"]["value"]])
        self.assertEqual("me", first["worker"])

    def test_an_exception_fails_the_attempt_and_goes_upwards(self):
        study = self.study(trials=1)
        with self.assertRaisesRegex(ZeroDivisionError, "division"):
            study.optimize(lambda trial: 1 / 0)
        self.assertEqual([("queued", 1)], self.states(study))
        study.optimize(lambda trial: 1.5)
        self.assertEqual([("completed", 2)], self.states(study))

    def test_who_is_interrupted_gives_the_trial_back_at_once(self):
        study = self.study(trials=1)

        def objective(trial):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            study.optimize(objective)
        self.assertEqual([("queued", "KeyboardInterrupt")], [(t["state"], t["error"]) for t in study.history()])

    def test_who_has_little_patience_waits_as_little_for_an_answer(self):
        waited = []

        def answer(request, timeout):
            waited.append(timeout)
            raise ConnectionRefusedError

        with unittest.mock.patch("urllib.request.urlopen", answer):
            for patience in (0.01, 0):
                with self.assertRaises(OSError):
                    hposervice.Client("http://127.0.0.1:1", timeout=60).call("GET", "/x", patience=patience)
        self.assertEqual({0.01, 60}, set(waited))

    def test_what_is_no_result_fails_the_attempt_and_says_so(self):
        two = [{"metric": "a", "direction": "minimize"}, {"metric": "b", "direction": "minimize"}]
        for objectives, result, says in (
                (None, True, "the value of value must be a number, but got True"), (None, "1", "must be a number, but got '1'"),
                (None, (1, 2), "a value for each of value, but got 2"), (two, 1, "a value for each of a, b, but got 1"), (None, {"other": 1}, "no 'value'")):
            study = self.study(trials=1, **({"objectives": objectives} if objectives else {}))
            with self.assertRaisesRegex(Exception, says):
                study.optimize(lambda trial: result)
            self.assertEqual(["queued"], [s for s, _ in self.states(study)])
            self.assertRegex(next(study.history())["error"], says)

    def test_several_objectives_may_come_as_a_tuple(self):
        study = self.study(trials=1, objectives=[{"metric": "a", "direction": "minimize"}, {"metric": "b", "direction": "maximize"}])
        study.optimize(lambda trial: (1, 2.5))
        self.assertEqual({"a": 1, "b": 2.5}, study.best()["values"])

    def test_a_trial_whose_last_report_is_no_result_is_not_left_running(self):
        study = self.study(trials=1)
        with self.assertRaisesRegex(ProblemError, "no 'value'"):
            for trial in study.trials():
                with trial:
                    trial.report(1, other=3)
        self.assertEqual(["queued"], [s for s, _ in self.states(study)])

    def test_an_exception_goes_upwards_whatever_its_text(self):
        study = self.study(trials=1)
        with self.assertRaisesRegex(ValueError, "odd"):
            with study.suggest()[0]:
                raise ValueError("odd \ud800")
        self.assertEqual("ValueError: odd ?", next(study.history())["error"])

    def test_an_address_that_never_works_is_not_waited_for(self):
        began = time.monotonic()
        for url in ("127.0.0.1:1", "nothing://127.0.0.1", URL.replace("http://", "https://")):
            with self.assertRaises((OSError, ValueError)):
                hposervice.Client(url).study("s")
        self.assertLess(time.monotonic() - began, 60)

    def test_what_cannot_work_is_infeasible_and_the_search_goes_on(self):
        study = self.study()

        def objective(trial):
            if trial.number == 0:
                raise Infeasible("out of memory")
            return float("nan") if trial.number == 1 else 1.0

        study.optimize(objective)
        self.assertEqual(["infeasible", "infeasible", "completed"], [s for s, _ in self.states(study)])
        self.assertEqual("out of memory", next(study.history())["error"])

    def test_a_trial_that_somebody_cancels_stops_and_the_next_one_is_taken(self):
        study, stopped = self.study(trials=2), []

        def objective(trial):
            if trial.number == 0:
                study.client.call("POST", f"{study.path}/trials/0/cancel", {"reason": "enough"})
                try:
                    trial.report(1, value=1)
                except Stopped as e:
                    stopped.append(str(e))
                    raise
            return 2

        study.optimize(objective)
        self.assertEqual(1, len(stopped))
        self.assertEqual(["canceled", "completed"], [s for s, _ in self.states(study)])

    def test_a_long_step_keeps_the_lease(self):
        study = self.study(trials=1)
        trial, state = study.suggest(lease_seconds=1.5)
        self.assertEqual("active", state)
        with trial:
            time.sleep(4)
            trial.complete(value=1)
        self.assertEqual([("completed", 1)], self.states(study))
        # Nobody could take it meanwhile: it was never lost.
        self.assertIsNone(study.suggest()[0])

    def test_programs_that_start_alike_share_a_study_and_errors_name_the_field(self):
        study = self.study()
        client = hposervice.Client(URL)
        again = {"name": study.name, "parameters": [{"name": "x", "type": "boolean"}]}
        self.assertEqual(study.name, client.create_study(again, exists_ok=True).name)
        with self.assertRaises(ProblemError) as taken:
            client.create_study(again)
        self.assertEqual((409, "name-taken"), (taken.exception.status, taken.exception.name))
        with self.assertRaisesRegex(ProblemError, "/parameters/0/"):
            client.create_study({"name": "bad", "parameters": [{"name": "x", "type": "float", "low": 1, "high": 0}]})
        with self.assertRaises(ProblemError) as missing:
            client.study("no such study")
        self.assertEqual("study-not-found", missing.exception.name)

    def test_a_service_that_is_away_for_longer_than_patience_is_an_error(self):
        with self.assertRaises(OSError):
            hposervice.Client("http://127.0.0.1:9", patience=0.1).study("x")


if __name__ == "__main__":
    unittest.main()
