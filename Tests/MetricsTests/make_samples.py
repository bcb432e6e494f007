"""Writes Samples/classification.json, regression.json and statistics.json: inputs and what scikit-learn and SciPy say of them.

usage: make_samples.py        (needs numpy, scikit-learn, scipy)
"""
import json, math, os, warnings
import numpy as np
from scipy import special, stats
from sklearn import calibration, metrics

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'Samples')
BOOTSTRAP, REPLICATES, SEED = 7, 50, 11


def save(name, value):
    with open(os.path.join(HERE, name + '.json'), 'w') as f:
        f.write(json.dumps(value, separators=(',', ':')) + '\n')


def philox(key, counter):
    """Philox4x32-10, by Salmon et al. (2011)."""
    k, c = list(key), list(counter)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def drawn(records, replicate):
    words = [w for block in range(records // 2 + 1) for w in philox((SEED, 0), (block, replicate, 0, BOOTSTRAP))]
    return [(words[2 * i] << 32 | words[2 * i + 1]) * records >> 64 for i in range(records)]


def shortest(values):
    return [float(str(v)) for v in values.astype(np.float32).reshape(-1)]


def measures(y, s, threshold):
    """None where a label is missing altogether."""
    if len(set(y)) < 2: return None
    d = (s >= threshold).astype(int)
    return dict(auroc=metrics.roc_auc_score(y, s), average_precision=metrics.average_precision_score(y, s),
                accuracy=metrics.accuracy_score(y, d), balanced_accuracy=metrics.balanced_accuracy_score(y, d),
                f1=metrics.f1_score(y, d), sensitivity=metrics.recall_score(y, d),
                specificity=metrics.recall_score(y, d, pos_label=0))


def best_threshold(y, s):
    found = [(metrics.f1_score(y, (s >= t).astype(int)), float(t)) for t in sorted(set(s))]
    most = max(f for f, _ in found)
    return max(t for f, t in found if abs(f - most) < 1e-12)


def interval(values):
    return dict(low=float(np.percentile(values, 2.5)), high=float(np.percentile(values, 97.5)), replicates=len(values)) if values else None


def classification():
    g = np.random.default_rng(5)
    names, n = ['plain', 'tied', 'constant', 'perfect', 'rare', 'no positive', 'no negative', 'gaps'], 60
    y = (g.random((n, len(names))) < 0.35).astype(int)
    logit = g.normal(size=y.shape) + 1.3 * y
    logit[:, 1] = np.round(logit[:, 1]); logit[:, 2] = 0.25; logit[:, 3] = 4.0 * y[:, 3] - 2
    y[:, 4] = 0; y[7, 4] = y[31, 4] = 1; y[:, 5] = 0; y[:, 6] = 1; y[g.random(n) < 0.3, 7] = -1
    s = (1 / (1 + np.exp(-logit))).astype(np.float32)
    thresholds = [0.5, 0.5, 0.5, 0.5, 0.75, 0.5, 0.5, 0.4]
    value = [None] * len(names); extra = []
    for k in range(len(names)):
        known = y[:, k] >= 0; yk, sk = y[known, k], s[known, k]
        value[k] = measures(yk, sk, np.float32(thresholds[k]))
        row = dict(positives=int((yk == 1).sum()), negatives=int((yk == 0).sum()), brier=float(np.mean((sk.astype(float) - yk) ** 2)))
        if value[k]:
            share, mean = calibration.calibration_curve(yk, sk.astype(float), n_bins=10)
            fpr, tpr, at = metrics.roc_curve(yk, sk, drop_intermediate=False)
            row.update(share_positive=list(share), mean_score=list(mean), best_threshold=best_threshold(yk, sk),
                       fpr=list(fpr), tpr=list(tpr), roc_thresholds=shortest(at[1:]))
        extra.append(row)
    mean = {m: float(np.mean([v[m] for v in value if v])) for m in value[0]}
    samples, mean_samples = [[] for _ in names], []
    for r in range(REPLICATES):
        i = drawn(n, r); got = []
        for k in range(len(names)):
            yk, sk = y[i, k], s[i, k]; known = yk >= 0
            v = measures(yk[known], sk[known], np.float32(thresholds[k]))
            if v: samples[k].append(v); got.append(v)
        mean_samples.append({m: np.mean([v[m] for v in got]) for m in mean})
    spread = lambda rows: {m: interval([v[m] for v in rows]) for m in mean}
    save('classification', dict(
        classes=names, records=n, scores=shortest(s), labels=[int(v) for v in y.reshape(-1)], thresholds=thresholds, seed=SEED,
        replicates=REPLICATES, drawn=drawn(n, 3), values=value, intervals=[spread(v) for v in samples], extra=extra, mean=mean,
        mean_intervals=spread(mean_samples)))


def regression():
    g = np.random.default_rng(6)
    y = g.normal(size=(40, 3)).astype(np.float32); p = (y + 0.4 * g.normal(size=y.shape)).astype(np.float32)
    y[:, 2] = 1.5; missing = g.random(40) < 0.25
    known = [np.ones(40, bool), ~missing, np.ones(40, bool)]
    rows = [dict(count=int(k.sum()), r2=metrics.r2_score(y[k, c].astype(float), p[k, c].astype(float)) if c < 2 else None,
                 mae=metrics.mean_absolute_error(y[k, c].astype(float), p[k, c].astype(float)),
                 rmse=math.sqrt(metrics.mean_squared_error(y[k, c].astype(float), p[k, c].astype(float)))) for c, k in enumerate(known)]
    values = shortest(y)
    for i in np.flatnonzero(missing): values[3 * i + 1] = None
    save('regression', dict(predictions=shortest(p), values=values, rows=rows))


def statistics():
    groups = [([0.812, 0.807, 0.821], [0.795, 0.801, 0.799]), ([0.9, 0.91], [0.7, 0.2]), ([1.0, 2.0, 3.0, 4.5], [2.0, 2.5, 3.5, 4.0]),
              ([5.0, 5.0, 5.0], [4.0, 4.5, 5.0]), ([3.0, 1.0, 2.0], [1.0, 2.0, 2.0, 8.0, 9.0]), ([1e6 + 0.1, 1e6 + 0.2, 1e6], [1e6, 1e6 - 1, 1e6 + 2])]
    rows = []
    for a, b in groups:
        w = stats.ttest_ind(a, b, equal_var=False)
        row = dict(a=a, b=b, mean_a=float(np.mean(a)), sd_a=float(np.std(a, ddof=1)), welch=dict(t=float(w.statistic), df=float(w.df), p=float(w.pvalue)))
        if len(a) == len(b):
            p = stats.ttest_rel(a, b); row['paired'] = dict(t=float(p.statistic), df=float(p.df), p=float(p.pvalue))
        rows.append(row)
    beta = [(a, b, x, float(special.betainc(a, b, x))) for a, b in [(0.5, 0.5), (1, 3), (2.5, 0.5), (10, 0.5), (0.5, 40), (300, 0.5), (55, 70)]
            for x in (1e-9, 0.01, 0.3, 0.44, 0.5, 0.9, 0.999)]
    student = [(t, df, float(2 * stats.t.sf(abs(t), df))) for df in (1, 2, 2.7, 9, 150, 1e4) for t in (0.0, 1e-7, -0.5, 1.96, 12.0, 300.0)]
    save('statistics', dict(groups=rows, beta=beta, student=student))


if __name__ == '__main__':
    warnings.simplefilter('ignore')  # SciPy's on groups without spread
    classification(); regression(); statistics()
