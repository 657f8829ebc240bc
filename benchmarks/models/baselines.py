"""Forty random configurations of good scikit-learn and torch models on each task, on the service's own parts. A JSON line a model.

OMP_NUM_THREADS=1 [ONLY=RandomForest] python3 baselines.py SHARED OUT [TASK…]
Networks train for as many epochs as the service's trials, torch's with the same patience and the best epoch's weights; the best configuration by the validation
part is reported, and trained again with REPEATS seeds.
"""
import copy, json, math, os, sys, tempfile, time, warnings
import numpy as np
import torch
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC
from tasks import REPEATS, TASKS

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
shared, out = sys.argv[1:3]
TRIALS = 40
log = lambda r, low, high: float(np.exp(r.uniform(np.log(low), np.log(high))))


def search(task, name, metric, run):
    """run(random, seed) gives (validation, test) of the configuration that random draws."""
    if os.environ.get("ONLY", "") not in name:
        return
    started, best = time.time(), None
    sign = 1 if metric == "accuracy" else -1
    for number in range(TRIALS):
        value = run(np.random.RandomState([1, number]), number)
        if not math.isnan(value[0]) and (best is None or sign * value[0] > sign * best[0]):
            best, chosen = value, number
    seconds = time.time() - started
    again = np.array([run(np.random.RandomState([1, chosen]), 1000 + i) for i in range(REPEATS)])
    line = {"task": task, "model": name, "metric": metric, "validation": best[0], "test": best[1], "seconds": seconds,
            "againValidation": again[:, 0].mean(), "againTest": again[:, 1].mean(), "againTestStd": again[:, 1].std(ddof=1)}
    print(json.dumps(line), flush=True)
    open(out, "a").write(json.dumps(line) + "\n")


def sklearn(task, name, metric, make, x, y, parts):
    def run(r, seed):
        model = make(r, seed)
        model.fit(x[parts[0]], y[parts[0]])
        return tuple(float((model.predict(x[p]) == y[p]).mean()) for p in parts[1:])
    search(task, name, metric, run)


def table(task, x, y, parts, epochs):
    mean, deviation = x[parts[0]].mean(0), x[parts[0]].std(0)
    z = (x - mean) / np.where(deviation > 1e-6, deviation, np.inf)
    sklearn(task, "scikit-learn MLPClassifier", "accuracy", lambda r, i: MLPClassifier(
        hidden_layer_sizes=(int(round(log(r, 16, 256))),) * r.randint(1, 4), learning_rate_init=log(r, 1e-4, 0.1), alpha=log(r, 1e-6, 1e-2),
        batch_size=int(r.choice([16, 32, 64, 128])), max_iter=epochs, solver=r.choice(["adam", "sgd"]), random_state=i), z, y, parts)
    if task == "digits":
        sklearn(task, "scikit-learn SVC", "accuracy", lambda r, i: SVC(C=log(r, 0.1, 100), gamma=log(r, 1e-4, 1e-1)), z, y, parts)
    sklearn(task, "scikit-learn HistGradientBoosting", "accuracy", lambda r, i: HistGradientBoostingClassifier(
        learning_rate=log(r, 0.02, 0.3), max_iter=int(log(r, 50, 300)), max_leaf_nodes=int(log(r, 8, 64)), l2_regularization=log(r, 1e-6, 10), random_state=i), x, y, parts)
    sklearn(task, "scikit-learn RandomForest", "accuracy", lambda r, i: RandomForestClassifier(
        n_estimators=int(log(r, 50, 200)), max_features=float(r.uniform(0.1, 0.9)), min_samples_leaf=int(log(r, 1, 10)), random_state=i), x, y, parts)


def train(network, batches, rate, decay, settings, seed, loss, judge):
    """The weights of the epoch for which judge, a validation metric of which more is better, is best: so the service's patience does it."""
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
    best, bad = (-math.inf, None), 0
    for _ in range(settings["epochs"]):
        network.train()
        for batch in batches():
            optimizer.zero_grad()
            loss(network, *batch).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5)
            optimizer.step()
        network.eval()
        with torch.no_grad():
            score = judge()
        if score > best[0]:
            best, bad = (score, copy.deepcopy(network.state_dict())), 0
        elif (bad := bad + 1) >= settings["patience"]:
            break
    if best[1]:
        network.load_state_dict(best[1])


def shuffled(n, size):
    order = torch.randperm(n)
    return [order[i:i + size] for i in range(0, n, size)]


def mnist(x, y, parts, settings):
    x, y = torch.tensor(x, dtype=torch.float32).reshape(-1, 1, 28, 28), torch.tensor(y)
    x = (x - x[parts[0]].mean()) / x[parts[0]].std()

    def run(r, seed):
        torch.manual_seed(seed)
        c, rate, decay, size, dropout = int(log(r, 8, 64)), log(r, 1e-4, 0.03), log(r, 1e-6, 1e-2), int(r.choice([16, 32, 64, 128])), r.uniform(0, 0.5)
        block = lambda a, b: [torch.nn.Conv2d(a, b, 3, padding=1), torch.nn.BatchNorm2d(b), torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
        network = torch.nn.Sequential(*block(1, c), *block(c, 2 * c), torch.nn.Flatten(), torch.nn.Dropout(dropout), torch.nn.Linear(2 * c * 49, 10))
        which = torch.tensor(parts[0])
        right = lambda p: float((network(x[p]).argmax(1) == y[p]).float().mean())
        train(network, lambda: [(x[which[b]], y[which[b]]) for b in shuffled(len(which), size)], rate, decay, settings, seed,
              lambda net, a, b: torch.nn.functional.cross_entropy(net(a), b), lambda: right(parts[1]))
        with torch.no_grad():
            return right(parts[1]), right(parts[2])
    search("mnist", "torch CNN, AdamW", "accuracy", run)


class Reader(torch.nn.Module):
    def __init__(self, inputs, hidden, layers, outputs, dropout, embedding=0):
        super().__init__()
        self.embedding = torch.nn.Embedding(inputs, embedding) if embedding else None
        self.lstm = torch.nn.LSTM(embedding or inputs, hidden, layers, batch_first=True)
        self.dropout, self.head = torch.nn.Dropout(dropout), torch.nn.Linear(hidden, outputs)

    def forward(self, x, lengths=None):
        h, _ = self.lstm(self.embedding(x) if self.embedding else x)
        if lengths is not None:
            h = h[torch.arange(len(h)), lengths - 1]
        return self.head(self.dropout(h))


def indoor(x, y, parts, settings):
    lengths = torch.tensor([len(s) for s in x])
    seen = np.concatenate([x[i] for i in parts[0]])
    padded = torch.zeros(len(x), int(lengths.max()), 4)
    for i, s in enumerate(x):
        padded[i, :len(s)] = torch.tensor((s - seen.mean(0)) / seen.std(0), dtype=torch.float32)
    y = torch.tensor(y)

    def run(r, seed):
        torch.manual_seed(seed)
        network = Reader(4, int(log(r, 16, 128)), r.randint(1, 3), 2, r.uniform(0, 0.5))
        rate, decay, size, which = log(r, 1e-4, 0.05), log(r, 1e-6, 1e-2), int(r.choice([16, 32, 64, 128])), torch.tensor(parts[0])
        right = lambda p: float((network(padded[p], lengths[p]).argmax(1) == y[p]).float().mean())
        train(network, lambda: [(padded[which[b]], lengths[which[b]], y[which[b]]) for b in shuffled(len(which), size)], rate, decay, settings, seed,
              lambda net, a, n, b: torch.nn.functional.cross_entropy(net(a, n), b), lambda: right(parts[1]))
        with torch.no_grad():
            return right(parts[1]), right(parts[2])
    search("indoor", "torch LSTM, AdamW", "accuracy", run)


def shakespeare(tokens, vocabulary, parts, settings, context=64):
    def samples(part):
        n = (len(part) - 1) // context
        t = torch.tensor(tokens[part])
        return t[:n * context].reshape(n, context), t[1:n * context + 1].reshape(n, context)
    (x, y), *held = [samples(p) for p in parts]
    loss = lambda net, a, b: torch.nn.functional.cross_entropy(net(a).flatten(0, 1), b.flatten())

    def run(r, seed):
        torch.manual_seed(seed)
        network = Reader(int(vocabulary[0]), int(log(r, 16, 128)), r.randint(1, 3), int(vocabulary[0]), r.uniform(0, 0.5), 32)
        rate, decay, size = log(r, 1e-4, 0.05), log(r, 1e-6, 1e-2), int(r.choice([16, 32, 64, 128]))
        train(network, lambda: [(x[b], y[b]) for b in shuffled(len(x), size)], rate, decay, settings, seed, loss, lambda: -float(loss(network, *held[0])))
        with torch.no_grad():
            return tuple(math.exp(float(loss(network, *h))) for h in held)
    search("shakespeare", "torch LSTM, AdamW", "perplexity", run)


with tempfile.TemporaryDirectory() as folder:
    for task in sys.argv[3:] or TASKS:
        make, _, settings, _ = TASKS[task]
        _, _, x, y, parts = make(shared, folder)
        if task in ("digits", "phoneme", "adult"):
            table(task, x, y, parts, settings["epochs"])
        else:
            {"mnist": mnist, "indoor": indoor, "shakespeare": shakespeare}[task](x, y, parts, settings)
