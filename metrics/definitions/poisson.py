"""Limits of a count for which no bottom of its own is known: how many came, of however many might have.

The 95 % interval of a Poisson count as OHID publishes it (Technical guide: commonly used public health statistics): exact below
10 (chi-squared), Byar's approximation from 10 on, which is then off by less than a thousandth.
"""

Z = 1.959963984540054  # the normal quantile of a two-sided 95 % interval
FEW = 10  # counts below it have their exact limits here
EXACT_LOWER = (
    0.0, 0.025317807984, 0.242209278544, 0.618672122896, 1.089865373626, 1.623486390118, 2.201894253491, 2.81436305152,
    3.453832176749, 4.115373097378,
)  # fmt: skip
EXACT_UPPER = (
    3.688879454114, 5.571643390939, 7.224687667724, 8.767273069742, 10.241588675404, 11.668332079323, 13.059474022519,
    14.422675361702, 15.763189220193, 17.084803451419,
)  # fmt: skip
