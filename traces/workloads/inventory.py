# What Python runs for traces/python.hat: orders are made, written as JSON and CSV, read back,
# joined, grouped and printed, as scripts do all day. Nothing depends on time, place or chance.
import collections
import csv
import functools
import hashlib
import io
import json
import random
import re
import textwrap


class Order:
    def __init__(self, number, customer, lines):
        self.number, self.customer, self.lines = number, customer, lines

    @functools.cached_property
    def total(self):
        return sum(line["price"] * line["count"] for line in self.lines)

    def as_dict(self):
        return {"number": self.number, "customer": self.customer, "lines": self.lines}


def make_orders(count, rng):
    names = [hashlib.sha1(str(i).encode()).hexdigest()[:8] for i in range(200)]
    for number in range(count):
        lines = [{"item": f"item-{rng.randrange(500)}", "price": rng.randrange(100, 9999) / 100,
                  "count": rng.randint(1, 9)} for _ in range(rng.randint(1, 6))]
        yield Order(number, rng.choice(names), lines)


def through_csv(orders):
    text = io.StringIO()
    writer = csv.writer(text)
    for order in orders:
        for line in order.lines:
            writer.writerow([order.number, order.customer, line["item"], line["price"],
                             line["count"]])
    return list(csv.reader(io.StringIO(text.getvalue())))


def through_json(orders):
    return [json.loads(json.dumps(order.as_dict(), indent=1)) for order in orders]


def by_customer(orders):
    totals = collections.defaultdict(float)
    for order in orders:
        totals[order.customer] += order.total
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))


def words_of(rows):
    pattern = re.compile(r"item-(?P<number>\d+)")
    counts = collections.Counter()
    for row in rows:
        match = pattern.fullmatch(row[2])
        counts[int(match["number"]) % 50] += int(row[4])
    return counts


def main():
    rng = random.Random(1)
    for season in range(3):
        orders = list(make_orders(1100, rng))
        rows = through_csv(orders)
        copies = through_json(orders)
        assert sum(len(copy["lines"]) for copy in copies) == len(rows)
        best = by_customer(orders)[:5]
        print(f"season {season}: {len(rows)} lines")
        print(textwrap.indent("\n".join(f"{name} {total:.2f}" for name, total in best), "  "))
        print(" ", words_of(rows).most_common(3))


main()
