# Runs the study again from the frozen dataset's CSV, with Python's own library alone:
#
#   python3 replicate.py DATASET
#
# What was chosen stands in `chosen`, above. It prints a line an estimate: name, estimate, standard error.
# Not done again: anomalies, lag, switching across an event, intervals by chance (bootstrap, wild cluster bootstrap), and
# segments told from spending or tenure; segments at all in switching, seasonality and retention.
import csv
import glob
import math
import os
import sys
from collections import Counter, defaultdict
from datetime import date

if len(sys.argv) != 2:
    sys.exit("Which dataset? python3 replicate.py DATASET")
dataset = sys.argv[1]


def day_of(text):
    return date.fromisoformat(text).toordinal() - 719163


def table_of(name):
    """A table is one file, or one a month."""
    one = os.path.join(dataset, "csv", name + ".csv")
    files = [one] if os.path.exists(one) else sorted(glob.glob(os.path.join(dataset, "csv", name, "*.csv")))
    rows = []
    for path in files:
        with open(path, newline="", encoding="utf-8") as file:
            rows.extend(csv.DictReader(file))
    return rows


def dated(rows):
    for row in rows:
        row["day"] = day_of(row["local_date"])
    return rows


payments = dated(table_of("payments"))
adjustments = dated(table_of("adjustments"))
for row in payments:
    row["price"] = float(row["price"])
for row in adjustments:
    row["amount"] = float(row["amount"])


def tell(name, estimate, error=float("nan")):
    print(name, repr(float(estimate)), repr(float(error)), sep="\t")


def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b))


def least_squares(y, columns):
    """Coefficients, residuals and the inverse of X'X, by orthogonal columns (each taken out twice)."""
    q, r = [], [[0.0] * len(columns) for _ in columns]
    for j, column in enumerate(columns):
        rest = list(column)
        for _ in range(2):
            for i, own in enumerate(q):
                part = dot(own, rest)
                r[i][j] += part
                rest = [x - part * o for x, o in zip(rest, own)]
        r[j][j] = math.sqrt(dot(rest, rest))
        q.append([x / r[j][j] for x in rest])
    k = len(columns)

    def solve(right):
        x = [0.0] * k
        for i in reversed(range(k)):
            x[i] = (right[i] - sum(r[i][j] * x[j] for j in range(i + 1, k))) / r[i][i]
        return x

    b = solve([dot(own, y) for own in q])
    residuals = [v - sum(b[j] * columns[j][i] for j in range(k)) for i, v in enumerate(y)]
    inverse_r = [solve([1.0 if i == j else 0.0 for i in range(k)]) for j in range(k)]
    inverse = [[sum(c[i] * c[j] for c in inverse_r) for j in range(k)] for i in range(k)]
    return b, residuals, inverse


def ordinary(y, columns):
    b, residuals, inverse = least_squares(y, columns)
    variance = dot(residuals, residuals) / (len(y) - len(columns))
    return b, [math.sqrt(variance * inverse[j][j]) for j in range(len(b))]


def clustered(y, columns, groups):
    b, residuals, inverse = least_squares(y, columns)
    scores = defaultdict(lambda: [0.0] * len(columns))
    for i, group in enumerate(groups):
        for j, column in enumerate(columns):
            scores[group][j] += column[i] * residuals[i]
    return b, sandwich(inverse, list(scores.values()), len(y), len(columns))


def sandwich(bread, scores, n, k):
    """Errors clustered by group (CR1): a list of scores a group."""
    groups = len(scores)
    factor = groups / (groups - 1) * (n - 1) / (n - k)
    moved = [[dot(row, own) for row in bread] for own in scores]
    return [math.sqrt(factor * math.fsum(own[j] ** 2 for own in moved)) for j in range(len(bread))]


def week_of(day, event):
    return (day - event) // 7


def shares():
    total, by_type, counts = Counter(), defaultdict(Counter), Counter()
    for row in payments:
        weight = row["price"] if chosen["of"] == "revenue" else 1
        total[row["rider_no"]] += weight
        by_type[row["payment_type"]][row["rider_no"]] += weight
        counts[row["payment_type"]] += 1
    whole, riders = math.fsum(total.values()), len(total)
    for kind, _ in counts.most_common():
        share = math.fsum(by_type[kind].values()) / whole
        squares = math.fsum((by_type[kind][rider] - share * own) ** 2 for rider, own in total.items())
        tell("share of " + kind, share, math.sqrt(riders / (riders - 1) * squares) / whole)


def elasticity():
    event = day_of(chosen["event_from"])
    only = chosen.get("payment_type")
    own = [row for row in payments if only is None or row["payment_type"] == only]
    first, second, prices = Counter(), Counter(), ([], [])
    for row in own:
        week = week_of(row["day"], event)
        if -chosen["before_weeks"] <= week < chosen["after_weeks"]:
            (first if week < 0 else second)[row["rider_no"]] += 1
            prices[0 if week < 0 else 1].append(row["price"])
    riders = set(first) | set(second)
    n, q1, q2 = len(riders), sum(first.values()), sum(second.values())
    p1, p2 = chosen["price_before"], chosen["price_after"]
    if chosen["price"] == "observed":
        p1, p2 = (math.fsum(side) / len(side) for side in prices)
    parts = [second[rider] / q2 - first[rider] / q1 for rider in riders]
    mean = math.fsum(parts) / n
    spread = math.sqrt(n / (n - 1) * math.fsum((part - mean) ** 2 for part in parts))
    tell("shrinkage elasticity", (q2 - q1) / q1 / ((p2 - p1) / p1), abs(q2 / q1 / ((p2 - p1) / p1)) * spread)
    tell(
        "midpoint elasticity",
        (q2 - q1) / (q2 + q1) / ((p2 - p1) / (p2 + p1)),
        abs(2 * q1 * q2 / (q1 + q2) ** 2 / ((p2 - p1) / (p2 + p1))) * spread,
    )
    tell("log-arc elasticity", math.log(q2 / q1) / math.log(p2 / p1), abs(1 / math.log(p2 / p1)) * spread)
    if chosen["segments"] == "none" and chosen["price"] == "calendar":
        price_panel(own, event, p1, p2)


def price_panel(own, event, p1, p2):
    """Poisson with effects of riders and a straight trend, by sums of riders who came in the same week."""
    start, end = -chosen["before_weeks"], chosen["after_weeks"]
    entry = {}
    for row in payments:
        week = week_of(row["day"], event)
        came = start if week < start else week + 1
        entry[row["rider_no"]] = min(came, entry.get(row["rider_no"], came))
    parts, counts = [], Counter()
    for row in own:
        week = week_of(row["day"], event)
        came = entry[row["rider_no"]]
        if came <= week < end and week >= start:
            parts.append((row["rider_no"], (came, week)))
            counts[(came, week)] += 1
    members = Counter(entry[rider] for rider in {rider for rider, _ in parts})
    busy = sorted({week for _, (_, week) in parts})
    cells = [(came, week) for came in sorted(members) for week in busy if week >= came]
    y = [counts[cell] for cell in cells]
    x = [[math.log(p1 if week < 0 else p2) for _, week in cells], [float(week - start) for _, week in cells]]
    cohort = [came for came, _ in cells]
    average = sum(y) / len(y)
    linear = [math.log((v + average) / 2) for v in y]
    for _ in range(200):
        mean = [math.exp(v) for v in linear]
        working = [v + (own_y / m - 1) for v, own_y, m in zip(linear, y, mean)]
        rests = [without(column, cohort, mean) for column in x]
        rest_y = without(working, cohort, mean)
        roots = [math.sqrt(m) for m in mean]
        weighted = [[v * w for v, w in zip(column, roots)] for column in rests]
        b, residuals, bread = least_squares([v * w for v, w in zip(rest_y, roots)], weighted)
        new = [v - e / w for v, e, w in zip(working, residuals, roots)]
        moved = max(abs(a - c) for a, c in zip(new, linear))
        linear = new
        if moved < 1e-12:
            break
    place = {cell: i for i, cell in enumerate(cells)}
    scores = defaultdict(lambda: [0.0, 0.0])
    for rider, cell in parts:
        for j in (0, 1):
            scores[rider][j] += rests[j][place[cell]]
    n = sum(members[came] for came, _ in cells)
    tell("price elasticity of riders over weeks (Poisson)", b[0], sandwich(bread, list(scores.values()), n, 2)[0])


def without(column, group, weight):
    """The column less its group's weighted mean."""
    sums, weights = Counter(), Counter()
    for value, own, w in zip(column, group, weight):
        sums[own] += value * w
        weights[own] += w
    return [value - sums[own] / weights[own] for value, own in zip(column, group)]


def bounds_of(period, event):
    start, end = day_of(chosen["from"]), day_of(chosen["to"])
    if period == "month":
        year, month = int(chosen["from"][:4]), int(chosen["from"][5:7])
        all_months = (date(year + (month - 1 + i) // 12, (month - 1 + i) % 12 + 1, 1) for i in range(2400))
        days = (day.toordinal() - 719163 for day in all_months)
        return [day for day in days if start <= day <= end]
    length = 7 if period == "week" else 1
    first = event + -((event - start) // length) * length
    return list(range(first, end + 1, length))


def places_of(bounds):
    """The period of each day."""
    return {day: i for i in range(len(bounds) - 1) for day in range(bounds[i], bounds[i + 1])}


def counted(bounds):
    """The outcome by period."""
    n, place, only = len(bounds) - 1, places_of(bounds), chosen.get("payment_type")
    y, seen = [0.0] * n, [set() for _ in range(n)]
    for row in payments:
        i = place.get(row["day"])
        if i is None or (only is not None and row["payment_type"] != only):
            continue
        y[i] += row["price"] if chosen["outcome"] == "revenue" else 1
        seen[i].add(row["rider_no"])
    if chosen["outcome"] == "riders":
        return [float(len(own)) for own in seen]
    for row in adjustments if chosen["outcome"] == "revenue" else []:
        i = place.get(row["day"])
        if i is not None and (only is None or row["payment_type"] == only):
            y[i] += row["amount"]
    return y


def impact():
    event = day_of(chosen["event_from"])
    end = day_of(chosen["event_to"]) if "event_to" in chosen else None
    bounds = bounds_of(chosen["period"], event)
    n = len(bounds) - 1
    starts = bounds[:n]
    y = counted(bounds)
    if chosen["scale"] == "log":
        y = [math.log(value) for value in y]
    first = next(i for i in range(n) if starts[i] >= event)
    columns = [[1.0] * n, [float(i) for i in range(n)], [float(i >= first) for i in range(n)]]
    if chosen["change_of_trend"]:
        columns.append([float(max(0, i - first)) for i in range(n)])
    shift = 3 if chosen["period"] == "week" else 0
    if "months" in chosen["season"]:
        columns += dummies([date.fromordinal(day + shift + 719163).month for day in starts])
    if "weekdays" in chosen["season"]:
        columns += dummies([day % 7 for day in starts])
    for day in [event] if end is None else [event, end]:
        both = [float(bounds[i] < day < bounds[i + 1]) for i in range(n)]
        if any(both):
            columns.append(both)
    if end is not None and any(day >= end for day in starts):
        columns.append([float(day >= end) for day in starts])
    slow = 3 + chosen["change_of_trend"] + (end is not None and any(day >= end for day in starts))
    b, e = ordinary(y, columns) if n < 12 else prais_winsten(y, columns, slow)
    name = "change at the event (" + ("least squares" if n < 12 else "Prais–Winsten") + ")"
    if chosen["scale"] == "log":
        tell(name, math.exp(b[2]) - 1, math.exp(b[2]) * e[2])
    else:
        tell(name, b[2], e[2])


def dummies(labels):
    kinds = list(dict.fromkeys(labels))
    return [[float(label == kind) for label in labels] for kind in kinds[1:]]


def prais_winsten(y, columns, slow):
    """rho is estimated too low for the sake of the slow terms; once it has settled it is corrected for that."""
    n = len(y)
    b, _, _ = least_squares(y, columns)
    rho = 0.0
    for _ in range(500):
        u = [v - sum(b[j] * column[i] for j, column in enumerate(columns)) for i, v in enumerate(y)]
        new = dot(u[1:], u[:-1]) / dot(u[:-1], u[:-1])
        settled = abs(new - rho) < 1e-10
        rho = min(0.99, max(new, (n * new + slow) / (n - slow - 2))) if settled and n > slow + 2 else new

        def turn(values):
            return [math.sqrt(1 - rho**2) * values[0]] + [a - rho * c for a, c in zip(values[1:], values)]

        b, e = ordinary(turn(y), [turn(column) for column in columns])
        if settled:
            break
    return b, e


def did():
    event = day_of(chosen["event_from"])
    segment_of = did_segments()
    treated, comparison = chosen["treated"].split(","), chosen["comparison"].split(",")
    riders = [rider for rider, own in segment_of.items() if own in treated or own in comparison]
    sums = (Counter(), Counter())
    kept = set(riders)
    rows = [(row, 1 if chosen["outcome"] == "payments" else row["price"]) for row in payments]
    if chosen["outcome"] == "revenue":
        rows += [(row, row["amount"]) for row in adjustments]
    for row, value in rows:
        week = week_of(row["day"], event)
        if row["rider_no"] in kept and -chosen["before_weeks"] <= week < chosen["after_weeks"]:
            sums[0 if week < 0 else 1][row["rider_no"]] += value
    weeks = (chosen["before_weeks"], chosen["after_weeks"])
    y = [sums[after][rider] / weeks[after] for after in (0, 1) for rider in riders]
    side = [float(segment_of[rider] in treated) for _ in (0, 1) for rider in riders]
    after = [float(late) for late in (0, 1) for _ in riders]
    columns = [[1.0] * len(y), side, after, [a * c for a, c in zip(side, after)]]
    groups = [segment_of[rider] if chosen["cluster"] == "segment" else rider for _ in (0, 1) for rider in riders]
    b, e = clustered(y, columns, groups)
    few = len(set(groups)) < 30
    tell("effect (2×2, clustered errors)" if few else "effect (2×2)", b[3], e[3])


def did_segments():
    """Payment types of the base period, or segments of a file, by rider."""
    if chosen["segments"] == "file":
        number = {row["rider"]: row["rider_no"] for row in table_of("riders")}
        with open(segments_file, newline="", encoding="utf-8") as file:
            return {number[row["rider"]]: row["segment"] for row in csv.DictReader(file) if row["rider"] in number}
    if chosen["segments"] != "method":
        sys.exit("segments by " + chosen["segments"] + " are not told here")
    start, end = day_of(chosen["base_from"]), day_of(chosen["base_to"])
    counts = defaultdict(Counter)
    for row in payments:
        if start <= row["day"] < end:
            counts[row["rider_no"]][row["payment_type"]] += 1
    return {rider: min(own, key=lambda kind: (-own[kind], kind)) for rider, own in counts.items()}


def equity():
    spent = Counter()
    for row in payments:
        spent[row["rider_no"]] += row["price"]
    for row in adjustments:
        if row["rider_no"] in spent:
            spent[row["rider_no"]] += row["amount"]
    x = sorted(max(0.0, value) for value in spent.values())
    n, total = len(x), math.fsum(x)
    tell("Gini coefficient of net spending", math.fsum((2 * i - n + 1) * v for i, v in enumerate(x)) / (n * total))
    shares_of = [v * n / total for v in x]
    tell("Theil index of net spending", math.fsum(s * math.log(s) for s in shares_of if s > 0) / n)
    for q in (0.25, 0.5, 0.75):
        place = (n - 1) * q
        low = math.floor(place)
        tell("quantile " + repr(q), x[low] + (place - low) * (x[min(low + 1, n - 1)] - x[low]))


def crossmodal():
    uses = defaultdict(list)
    for row in dated(table_of("passes")):
        uses[row["rider_no"]].append(row["day"])
    last, within = max(max(days) for days in uses.values()), chosen["within_days"]
    paid, followed = Counter(), Counter()
    for row in payments:
        if row["day"] + within > last:
            continue
        paid[row["rider_no"]] += 1
        if any(row["day"] <= day <= row["day"] + within for day in uses[row["rider_no"]]):
            followed[row["rider_no"]] += 1
    n, groups = sum(paid.values()), len(paid)
    share = sum(followed.values()) / n
    squares = math.fsum((followed[rider] - share * own) ** 2 for rider, own in paid.items())
    tell("share of payments followed by passes", share, math.sqrt(groups / (groups - 1) * squares) / n)


def without_segments():
    if chosen["segments"] != "none":
        sys.exit("segments are not told here")


def ratio(name, pairs):
    """The share of one sum over riders in another, its error from how riders differ."""
    pairs = [(own, whole) for own, whole in pairs if whole > 0]
    n, total = len(pairs), sum(whole for _, whole in pairs)
    share = sum(own for own, _ in pairs) / total
    squares = math.fsum((own - share * whole) ** 2 for own, whole in pairs)
    tell(name, share, math.sqrt(n / (n - 1) * squares) / total)


def switching():
    """Main payment types by period; None is no payment."""
    without_segments()
    if "event_from" in chosen:
        sys.exit("switching across an event is not told here")
    bounds = bounds_of(chosen["period"], day_of(chosen["from"]))
    n, place = len(bounds) - 1, places_of(bounds)
    used = Counter(row["payment_type"] for row in payments)
    types = sorted(used, key=lambda kind: (-used[kind], kind))
    paid, known = defaultdict(Counter), {}
    for row in payments:
        i = -1 if row["day"] < bounds[0] else place.get(row["day"])
        if i is not None:
            known[row["rider_no"]] = min(max(0, i), known.get(row["rider_no"], n))
            paid[(row["rider_no"], i)][row["payment_type"]] += 1

    def state(rider, i):
        own = paid.get((rider, i), {})
        return min(own, key=lambda kind: (-own[kind], types.index(kind))) if own else None

    states = {rider: [state(rider, i) for i in range(first, n)] for rider, first in known.items()}
    moves = [Counter(zip(own, own[1:])) for own in states.values()]

    def share(name, of, to):
        def count(own, keep):
            return sum(c for (a, b), c in own.items() if of(a) and keep(a, b))

        ratio(name, [(count(own, to), count(own, lambda a, b: True)) for own in moves])

    def is_type(kind):
        return kind is not None

    share("share who changed their main payment type", is_type, lambda a, b: b is not None and b != a)
    share("share who paid nothing after", is_type, lambda a, b: b is None)
    for kind in types:
        if sum(any(a == kind for a, _ in own) for own in moves) > 1:
            share("share who stayed with " + kind, lambda a: a == kind, lambda a, b: b == a)
    length = 7 if chosen["period"] == "month" else 10
    ends = [date.fromordinal(day + 719163).isoformat()[:length] for day in (bounds[0], bounds[n - 1])]
    both = [(state(rider, 0), state(rider, n - 1)) for rider in known]
    both = [(a, b) for a, b in both if a is not None and b is not None]
    for kind in types:
        left = sum(a == kind and b != kind for a, b in both)
        came = sum(b == kind and a != kind for a, b in both)
        net = came - left
        error = math.sqrt(came + left - net**2 / len(both)) / len(both)
        name = "net change of the share of riders by " + kind + ", from " + ends[0] + " to " + ends[1]
        tell(name, net / len(both), error)


WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
MONTHS += ["August", "September", "October", "November", "December"]


def seasonality():
    """Whole cycles less their own mean and the slope of the whole, averaged by place."""
    without_segments()
    weekly = chosen["cycle"] == "week"
    names = WEEKDAYS if weekly else MONTHS
    bounds = bounds_of("day" if weekly else "month", day_of(chosen["from"]))
    y = counted(bounds)
    if not weekly and chosen["outcome"] != "riders":
        y = [value / (b - a) for value, a, b in zip(y, bounds, bounds[1:])]
    if chosen["scale"] == "log":
        y = [math.log(value) for value in y]
    first = (bounds[0] - 3) % 7 if weekly else date.fromordinal(bounds[0] + 719163).month - 1
    period = len(names)
    cycles = [y[i : i + period] for i in range(0, len(y) - period + 1, period)]
    means = [math.fsum(own) / period for own in cycles]
    slope = (means[-1] - means[0]) / ((len(cycles) - 1) * period)
    for place in range(period):
        own = [c[place] - mean - slope * (place - (period - 1) / 2) for c, mean in zip(cycles, means)]
        mean = math.fsum(own) / len(own)
        variance = math.fsum((value - mean) ** 2 for value in own) / (len(own) - 1)
        error = math.sqrt(variance / len(own))
        name = names[(first + place) % period] + " against the trend"
        if chosen["scale"] == "log":
            tell(name, math.exp(mean) - 1, math.exp(mean) * error)
        else:
            tell(name, mean, error)


def retention():
    without_segments()
    period = chosen["period"]
    bounds = bounds_of(period, day_of(chosen["from"]))
    place, paid = places_of(bounds), defaultdict(set)
    for row in payments:
        i = -1 if row["day"] < bounds[0] else place.get(row["day"])
        if i is not None:
            paid[row["rider_no"]].add(i)
    told = [own for own in paid.values() if min(own) >= (0 if chosen["from_start"] else 1)]
    for age in range(1, 13):
        come = [own for own in told if min(own) + age < len(bounds) - 1]
        if not come:
            break
        share = sum(min(own) + age in own for own in come) / len(come)
        name = "share who paid again after " + str(age) + " " + period + ("" if age == 1 else "s")
        tell(name, share, math.sqrt(share * (1 - share) / len(come)))


studies = {
    own.__name__: own
    for own in (shares, switching, elasticity, impact, did, equity, seasonality, retention, crossmodal)
}
if chosen["study"] not in studies:
    sys.exit("The study " + chosen["study"] + " is not done again here.")
studies[chosen["study"]]()
