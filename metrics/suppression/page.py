"""The page of the documentation about small numbers, its policies made from their declarations."""

from metrics.suppression.policy import POLICIES

PREAMBLE = """# Small numbers

Made from `metrics/suppression/` by `python tests/docs/regenerate.py`; edit that, not this page.

A count of a few people may be one person whom a reader knows. What leaves the people who work with the figures is therefore held to
a policy: small counts are withheld, and with them whatever would give them away.

| policy | withholds | rounds | what it says | authority |
|---|---|---|---|---|
"""

METHOD = """
## What is withheld

- **Every number of the row.** A share of which 1 to 10 count, or all but 1 to 10, goes with both its counts, its n and its
  interval: from any two of them the third follows. A median of a few people goes with its limits. 0 may be told, and so may "all".
- **The next smallest.** Sites add up to all sites, services to a site, groups of patients to everybody, days to a week and weeks
  to a month. In every such family what is withheld is two parts or more, and together so many people that each may be any of the
  counts that the policy hides; else the smallest part that is told goes, too, and where none is left the total. A total whose
  parts are not all shown is such a family as well: who is left of it may be few.
- **Blocks.** Where figures add up both ways, by site and by service, one cell can be solved for by many sums at once. There, what
  hangs together through rows and columns is withheld as whole rows and columns.
- **Single numbers.** How many still wait, where they are few, is withheld alone; so is the n of a median that differs from the n
  of its share by a few who left.

A withheld cell is empty, and `withheld` says so: empty is not 0. Rounded counts make rounded shares: they are worked out again
from the rounded counts, intervals too. The length of a wait is not rounded.

A test plays the attacker: of everything published it makes a linear programme, and asks for each withheld small count what it
may be. It must stay as many values as the policy hides.

## Where it is asked for

| what leaves | policy |
|---|---|
| answers under `/api/` | `[suppression] policy` of `timely.toml`; the header `X-Timely-Suppression` names it |
| the weekly snapshot: page, PDF, words and rows | `policy` of `snapshot.toml`, else of `timely.toml`; manifest and page name it |
| `timely observe` | `--suppress POLICY`; without it what is printed is as it is |
| files taken away from a page or from the workbench | `[suppression] policy` of `timely.toml`; its button says so |
| the pages themselves, the workbench on the screen, other commands | none: for people who may see every case |

A file of a metric's page is judged beside every other place and group of the same periods, as an answer under `/api/` is; the
bars of a distribution beside each other. The workbench gives no file of rows of one patient or case. Files about feeds, definitions
and alerts count no people and leave as they are.

An answer to a question in SQL names no counts. In one with the columns of an observation (metric, statistic, both counts, value, n)
they are known; in any other every whole number is a count, unless its name says that it is a time or a rank, rows with a small one
lose their numbers, and totals are not looked at. A row a patient or a case does not leave.

## What it does not do

It looks at what is published together. Who asks for the same figure again with other dates, a day more or fewer, may subtract one
answer from the other; so may who keeps last month's file, when data came late. Rounding blunts this, and hiding alone does not.
Do not give one reader both `off` and another policy.
"""


def suppression_markdown() -> str:
    return PREAMBLE + "".join(row_of(name) for name in POLICIES) + METHOD


def row_of(name: str) -> str:
    policy = POLICIES[name]
    withholds = f"1 to {policy.most_hidden}" if policy.most_hidden else "nothing"
    rounds = f"to the nearest {policy.round_to}" if policy.rounds else "no"
    return f"| `{name}` | {withholds} | {rounds} | {policy.reason} | {policy.authority} |\n"
