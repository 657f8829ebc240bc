"""The six tasks: their files as `hpo dataset add` takes them, and the very same parts for the baselines.

The service splits with .NET's seeded generator (System.Random's compatible algorithm, Knuth's subtractive one), which is done again here, so that both
sides train, choose and test on the same samples.
"""
import csv, gzip, io, os, struct, zipfile
import numpy as np

SEED = 20261121  # the default of splitSeed


class Random:
    """System.Random(seed) of .NET: Numerical Recipes' ran3 with .NET's own constants."""
    MAX = 2147483647

    def __init__(self, seed):
        self.a = a = [0] * 56
        mj = 161803398 - min(abs(seed), self.MAX)
        a[55], mk = mj, 1
        ii = 0
        for i in range(1, 55):
            ii += 21
            if ii >= 55:
                ii -= 55
            a[ii] = mk
            mk = mj - mk
            if mk < 0:
                mk += self.MAX
            mj = a[ii]
        for _ in range(4):
            for i in range(1, 56):
                n = i + 30
                if n >= 55:
                    n -= 55
                a[i] -= a[1 + n]
                # as 32-bit arithmetic
                a[i] = (a[i] + 2**31) % 2**32 - 2**31
                if a[i] < 0:
                    a[i] += self.MAX
        self.i, self.j = 0, 21

    def sample(self):
        self.i = self.i + 1 if self.i + 1 < 56 else 1
        self.j = self.j + 1 if self.j + 1 < 56 else 1
        value = self.a[self.i] - self.a[self.j]
        if value == self.MAX:
            value -= 1
        if value < 0:
            value += self.MAX
        self.a[self.i] = value
        return value

    def shuffle(self, items):
        n = len(items)
        for i in range(n - 1):
            j = i + int(self.sample() * (1.0 / self.MAX) * (n - i))
            items[i], items[j] = items[j], items[i]


def stratified(labels, validation, test):
    """HpoService.Training.DataSets.Splits.Stratified."""
    random, parts = Random(SEED), ([], [], [])
    share = lambda fraction, n: round(fraction * n, 9)
    for label in sorted(set(labels.tolist())):
        members = np.flatnonzero(labels == label).tolist()
        random.shuffle(members)
        n = len(members)
        for i, m in enumerate(members):
            parts[0 if i < share(1 - validation - test, n) else 1 if i < share(1 - test, n) else 2].append(m)
    return [np.array(p, dtype=int) for p in parts]


def idx(path):
    with gzip.open(path) as f:
        data = f.read()
    sizes = struct.unpack(f">{data[3]}I", data[4:4 + 4 * data[3]])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)


def digits(shared, out):
    rows = np.array([[float(v) for v in line.split(",")] for line in gzip.open(f"{shared}/digits.csv.gz", "rt") if line.strip()])
    x, y = rows[:, :-1], rows[:, -1].astype(int)
    return None, [], x, y, stratified(y, 0.2, 0.2)


def mnist(shared, out):
    """The first 2,000 images of the training file; the first 1,000 of the test file test."""
    x, y = idx(f"{shared}/train-images-idx3-ubyte.gz")[:2000], idx(f"{shared}/train-labels-idx1-ubyte.gz")[:2000]
    xt, yt = idx(f"{shared}/t10k-images-idx3-ubyte.gz")[:1000], idx(f"{shared}/t10k-labels-idx1-ubyte.gz")[:1000]
    path = f"{out}/mnist3k.npz"
    np.savez_compressed(path, x_train=x, y_train=y, x_test=xt, y_test=yt)
    train, validation, _ = stratified(y, 0.2, 0)
    both = np.concatenate([x, xt]).reshape(3000, -1) / 255.0
    return path, [], both, np.concatenate([y, yt]).astype(int), [train, validation, np.arange(2000, 3000)]


def adult(shared, out):
    names = "age,workclass,fnlwgt,education,educationNum,maritalStatus,occupation,relationship,race,sex,capitalGain,capitalLoss,hoursPerWeek,nativeCountry,income".split(",")
    rows = [[v.strip() for v in row] for row in csv.reader(gzip.open(f"{shared}/adult-train.csv.gz", "rt")) if len(row) == 15]
    path = f"{out}/adult.csv"
    with open(path, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([names] + rows)
    y = np.array([int(r[-1] == ">50K") for r in rows])  # '<' comes before '>', as in the service
    numbers = [0, 2, 4, 10, 11, 12]
    kinds = [sorted({r[j] for r in rows} - {"?"}) for j in range(14)]
    blocks = [np.array([[float(r[j])] for r in rows]) if j in numbers else np.array([[r[j] == c for c in kinds[j]] for r in rows], float) for j in range(14)]
    return path, ["--target", "income"], np.concatenate(blocks, 1), y, stratified(y, 0.2, 0.2)


def phoneme(shared, out):
    rows = np.array([[float(v) for v in line.split(",")] for line in open(f"{shared}/phoneme.csv") if line[0] in "-0123456789"])
    return f"{shared}/phoneme.csv", [], rows[:, :-1], rows[:, -1].astype(int), stratified(rows[:, -1].astype(int), 0.2, 0.2)


def indoor(shared, out):
    """Sequences of 4 signals; x is padded, with the lengths in the last column of the last moment's place: see `sequences`."""
    archive = zipfile.ZipFile(f"{shared}/IndoorMovement.zip")
    target = [line.split(",") for line in archive.read("dataset/MovementAAL_target.csv").decode().splitlines() if line[:1].isdigit()]
    path = f"{out}/indoor.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in archive.namelist():
            if name.startswith("dataset/MovementAAL_") and name.endswith(".csv"):
                kept.writestr(name, archive.read(name))
    x = [np.loadtxt(io.StringIO(archive.read(f"dataset/MovementAAL_RSS_{i.strip()}.csv").decode().replace("#", "")), delimiter=",", skiprows=1, ndmin=2) for i, _ in target]
    y = np.array([int(float(c)) for _, c in target])
    y = (y == y.max()).astype(int)
    return path, ["--format", "sequences"], x, y, stratified(y, 0.2, 0.2)


def shakespeare(shared, out):
    """The first 100,000 characters; parts by place."""
    text = open(f"{shared}/tinyshakespeare.txt", encoding="utf-8").read()[:100_000]
    path = f"{out}/shakespeare.txt"
    open(path, "w", encoding="utf-8").write(text)
    vocabulary = sorted(set(text))
    tokens = np.array([vocabulary.index(c) for c in text])
    first, second = int(len(tokens) * (1 - 0.2 - 0.2)), int(len(tokens) * (1 - 0.2))
    return path, [], tokens, np.array([len(vocabulary)]), [np.arange(first), np.arange(first, second), np.arange(second, len(tokens))]


# Times that the best configuration is trained again, with other seeds, on both sides.
REPEATS = 5

# name: (how its data are made, the service's model, its settings, metric); epochs and patience are the baselines' too
TASKS = {
    "digits": (digits, "cnn", {"epochs": 30, "patience": 10, "patienceMetric": "accuracy"}, "accuracy"),
    "phoneme": (phoneme, "mlp", {"epochs": 60, "patience": 15, "patienceMetric": "accuracy"}, "accuracy"),
    "adult": (adult, "mlp", {"epochs": 10, "patience": 3, "patienceMetric": "accuracy"}, "accuracy"),
    "indoor": (indoor, "rnn", {"epochs": 30, "patience": 10, "patienceMetric": "accuracy"}, "accuracy"),
    "mnist": (mnist, "cnn", {"epochs": 10, "patience": 4, "patienceMetric": "accuracy"}, "accuracy"),
    "shakespeare": (shakespeare, "rnn", {"epochs": 12, "patience": 3, "context": 64}, "perplexity"),
}
