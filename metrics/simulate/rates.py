"""Every number the simulation is calibrated with: once, with its unit and where it comes from.

Published figures are marked with who published them; the others are set so that the figures that come out stand
where the published ones do (tests/simulate/test_calibration.py holds the bands).
"""

from dataclasses import dataclass

MINUTE, HOUR = 60.0, 3600.0  # seconds

# --- people ---------------------------------------------------------------------------------------------------------
PATIENTS_PER_CLINIC = 20_000  # at scale 1 and clinic weight 1
AGE_BANDS = ((0, 17), (18, 34), (35, 49), (50, 64), (65, 79), (80, 97))  # years, both ends included
AGE_SHARES = (0.20, 0.20, 0.18, 0.19, 0.16, 0.07)  # patients who use services are older than the population
LANGUAGES = ("en", "pl", "ur", "es", "ro", "pa", "ar")
LANGUAGE_SHARES = (0.88, 0.03, 0.025, 0.02, 0.02, 0.015, 0.01)
INTERPRETER = 0.35  # of those whose language is not English
DECEASED = 0.012
# How a clinic's patients lean to the deprived fifths (above 0) or away from them: exponent a fifth.
DEPRIVATION_TILT = {"ASH": 0.25, "BRK": 0.10, "CED": -0.05, "DAL": -0.25, "ELM": 0.0, "FER": 0.15, "HAR": -0.10}
PAYERS = {"GB-ENG": ("nhs", "insured", "self_pay"), "IE": ("medical_card", "insured", "self_pay"),
          "US": ("commercial", "medicare", "medicaid", "self_pay")}  # fmt: skip
PAYER_SHARES = {"GB-ENG": (0.93, 0.05, 0.02), "IE": (0.36, 0.46, 0.18), "US": (0.52, 0.22, 0.19, 0.07)}
MOBILE = 0.86  # share who can be sent a text
FREQUENT = 1.7  # exponent that makes some patients come much more often than others


# --- booked appointments ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Service:
    """One booked service. Shares are of 1, `leads` are first bookings by lead-time class (see LEADS)."""

    providers: int  # at scale 1 and site weight 1
    first_visits: float  # first bookings a provider and working day; follow-ups and replacements come on top
    minutes: int  # planned length of a slot
    slots: int  # a provider's slots a day
    service_share: float  # mean time with the clinician / slot length
    leads: tuple[float, ...]
    follow_up: float  # chance that an attended visit leads to another
    follow_up_days: float  # median days to it
    virtual: float
    new: float  # first bookings that are new patients
    walk_in: float
    missed: float  # no-show factor of the service


LEADS = ((0, 0), (1, 1), (2, 7), (8, 14), (15, 28), (29, 84))  # days from booking to appointment, both ends included
SERVICES = {
    "primary_care": Service(3, 15.6, 20, 24, 0.80, (0.46, 0.11, 0.20, 0.12, 0.08, 0.03), 0.15, 28, 0.27, 0.06, 0.03, 0.95),
    "physiotherapy": Service(4, 4.3, 30, 15, 0.72, (0.02, 0.04, 0.24, 0.30, 0.28, 0.12), 0.72, 9, 0.12, 0.55, 0.0, 0.95),
    "mental_health": Service(7, 1.9, 50, 9, 0.86, (0.03, 0.03, 0.20, 0.26, 0.28, 0.20), 0.76, 14, 0.50, 0.45, 0.0, 1.20),
    "outpatient_cardiology": Service(3, 8.6, 20, 22, 0.84, (0.01, 0.01, 0.08, 0.16, 0.34, 0.40), 0.50, 70, 0.22, 0.75, 0.0, 0.85),
    "outpatient_orthopaedics": Service(3, 9.1, 20, 22, 0.84, (0.01, 0.01, 0.09, 0.18, 0.33, 0.38), 0.47, 50, 0.15, 0.75, 0.0, 0.85),
    "outpatient_dermatology": Service(3, 11.0, 18, 24, 0.84, (0.01, 0.01, 0.08, 0.16, 0.34, 0.40), 0.34, 60, 0.24, 0.80, 0.0, 0.95),
}  # fmt: skip
WEEKDAY_DEMAND = (1.10, 1.03, 1.00, 0.99, 0.88)  # Monday to Friday, first bookings
WINTER_DEMAND = 0.06  # first bookings above the mean in January, below in July
YEARLY_GROWTH = 0.03
FUTURE_DAYS = 56  # booked appointments reach eight weeks past now

# No-show by lead class before any reminder. GP England: same day 1.9 %, 1 day 5 %, 2-7 days 6.8 %, more 8.2-8.9 %
# (reminded); over 4 weeks against under a day, odds ratio 5.45 on 263,464 appointments; NHS outpatients 7.6 % overall.
NO_SHOW = (0.019, 0.048, 0.063, 0.088, 0.112, 0.142)
REMINDER_RISK_RATIO = 0.77  # SMS against none: 12 trials, 0.71-0.84
REMINDER_LEAD = 48 * HOUR  # before the appointment, at the hour below
REMINDER_HOUR = 10
NO_SHOW_BY_DEPRIVATION = (1.35, 1.15, 1.0, 0.85, 0.70)  # fifths, 1 the most deprived
NO_SHOW_BY_AGE = (0.9, 1.45, 1.2, 0.95, 0.7, 0.85)
CANCEL_PATIENT = (0.0, 0.020, 0.045, 0.070, 0.095, 0.125)  # by lead class; reminders raise it
REMINDER_CANCEL_RATIO = 1.12
CANCEL_PROVIDER = 0.025
CANCEL_SKEW = 2.2  # exponent on a uniform: the time left to the appointment when patients cancel, of the lead
WALK_IN_MINUTES = (3.0, 40.0)  # from coming in to the slot found
RESCHEDULED_DAYS = 11.0  # mean days from the cancellation to the new date, past two
RESCHEDULED_PATIENT, RESCHEDULED_PROVIDER = 0.55, 0.85  # cancelled ones that get a linked new date
CHANNELS = ("portal", "phone", "desk", "other")
CHANNEL_SHARES = (0.34, 0.48, 0.14, 0.04)
LATE_STATUS = 0.03  # outcomes keyed days later
LATE_STATUS_DAYS = 4.0

# --- the clinic day ---------------------------------------------------------------------------------------------------
EARLY_MINUTES, EARLY_SPREAD = 8.0, 7.0  # patients come before their time, normal
LATE_SHARE, LATE_MINUTES = 0.09, 11.0  # and some come late, exponential
CHECKED_IN_EARLY = 10.0  # nobody is roomed earlier than so many minutes before the time
PREPARATION = (5.0, 0.55)  # check-in to a room that is free: median minutes, sigma of the logarithm
# How long a site takes to room a patient, against the median above.
PREPARATION_BY_SITE = {"CEN": 1.35, "NRT": 0.95, "SOU": 1.15, "EAS": 1.05, "ASH": 1.1, "BRK": 0.95, "CED": 0.85, "DAL": 0.8,
                       "ELM": 1.0, "FER": 0.9, "HAR": 0.7}  # fmt: skip
NURSE = (5.5, 0.5)
SERVICE_SIGMA = 0.38
LATE_START = (0.62, 9.0)  # share of sessions that start late, mean minutes late
ROOMS = 2  # a provider's
LEFT_AFTER, LEFT_SHARE = 55.0, 0.12  # minutes waited after which this share walks out

# --- emergency --------------------------------------------------------------------------------------------------------
ARRIVALS_A_DAY = 100.0  # an ED at scale 1 and weight 1
HOURLY = (2.2, 1.8, 1.5, 1.3, 1.2, 1.3, 1.8, 2.8, 4.2, 5.6, 6.3, 6.4,
          6.2, 6.0, 5.8, 5.7, 5.8, 5.9, 6.0, 5.7, 5.2, 4.5, 3.7, 2.9)  # arrivals by local hour, relative  # fmt: skip
ED_WEEKDAY = (1.10, 1.01, 0.98, 0.98, 0.98, 0.97, 0.98)
ED_WINTER = 0.05
ACUITY_SHARES = (0.007, 0.12, 0.46, 0.335, 0.078)  # triage 1 to 5 (NHAMCS 2022: most are urgent or semi-urgent)
CLINICIAN_MINUTES = (60.0, 52.0, 42.0, 27.0, 20.0)  # mean time one clinician gives, notes and reviews included, by acuity
CLINICIAN_SIGMA = 0.5
# Clinicians on duty: (from hour, to hour, how many), hours after 07:00; 24-hour cover with an evening peak.
SHIFTS = ((0, 9, 2), (1, 10, 1), (2, 11, 1), (9, 18, 2), (10, 17, 1), (11, 17, 1), (15, 25, 2))
# Clinicians' pace. The shifts are those of a site of weight 1; one of more arrivals has as much more pace.
ED_PACE = {"CEN": 0.92, "NRT": 1.11, "SOU": 0.99, "EAS": 1.06}
PATIENCE = (300.0, 0.9)  # median minutes, sigma; the two most urgent never leave
LEAVES_SOON = 0.008  # of those who may leave, who give up within minutes: some of them before anybody sorted them
SOON = (9.0, 0.6)
TRIAGE = (8.0, 0.6)
PICK_UP = (6.0, 0.7)  # a clinician takes the less urgent up so long after being free
PICK_UP_BY_SITE = {"CEN": 2.6, "NRT": 0.9, "SOU": 1.6, "EAS": 1.1}
ROOM_BEFORE_SEEN = (7.0, 0.6)
TREATMENT = ((170.0, 0.6), (158.0, 0.6), (134.0, 0.6), (78.0, 0.6), (52.0, 0.6))  # seen to ready to go, by acuity
ADMITTED = (0.78, 0.52, 0.24, 0.045, 0.01)
DECISION_SHARE = 0.7  # of the treatment time passes before the decision to admit
BOARDING = (92.0, 0.85)
BOARDING_WINTER, BOARDING_DAY_SIGMA = 0.22, 0.25
BOARDING_BY_SITE = {"CEN": 1.45, "NRT": 0.8, "SOU": 1.1, "EAS": 1.0}
ARRIVAL_MODES = {"1": 0.68, "2": 0.22, "3": 0.002, "4": 0.088, "9": 0.01}
AGAINST_ADVICE, ELOPED, TRANSFERRED, DIED, DEAD_ON_ARRIVAL = 0.008, 0.003, 0.015, 0.0012, 0.0003
OBSERVATION, MENTAL_HEALTH = 0.04, 0.042


# --- phone ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One phone queue: calls on an ordinary weekday, Saturday's share, opening hours, agents by shift, mean talk."""

    calls: float
    saturday: float
    opens: float
    closes: float
    shifts: tuple[tuple[float, float, int], ...]  # local hours on duty, how many
    talk: float  # mean seconds with after-call work


LINES = {
    "phone_appointments": Line(500, 0.25, 8, 18, ((8, 16, 4), (8, 12.5, 3), (9.5, 18, 2), (12, 18, 1)), 250),
    "phone_billing": Line(215, 0.0, 9, 17, ((9, 17, 3), (9.5, 13, 1), (11, 17, 1)), 310),
}
CALLS_BY_HOUR = {8: 1.7, 9: 1.5, 10: 1.2, 11: 1.0, 12: 0.8, 13: 0.85, 14: 0.9, 15: 0.85, 16: 0.75, 17: 0.5}
PHONE_WEEKDAY = (1.22, 1.03, 0.97, 0.93, 0.85, 1.0)  # Mondays are the worst
TALK_SIGMA = 0.6
MENU_SECONDS = (18.0, 70.0)  # recorded menu before the queue
PHONE_PATIENCE = (250.0, 0.9)  # median seconds in the queue, sigma
CALL_BACK = 0.30  # of those about to give up after the wait below, those who ask to be called back
CALL_BACK_AFTER = 90.0  # seconds
CALL_BACK_MINUTES = (38.0, 0.8)
IDENTIFIED, TRANSFERRED_CALLS = 0.82, 0.07
SERVICE_LEVEL_SECONDS = 30  # the interval report's own threshold (80 % in 30 s)

# --- portal -----------------------------------------------------------------------------------------------------------
MESSAGES_A_DAY = 165.0  # a mean day at scale 1
MESSAGE_HOURS = (0.6, 0.3, 0.2, 0.2, 0.3, 0.6, 1.6, 3.4, 5.4, 7.0, 7.4, 6.8,
                 6.2, 5.9, 5.8, 5.8, 5.6, 5.3, 5.2, 5.6, 6.2, 5.6, 4.0, 1.8)  # by local hour, relative  # fmt: skip
MESSAGE_WEEKDAY = (1.35, 1.22, 1.16, 1.12, 1.05, 0.55, 0.55)
POOLS = (("CLIN", 0.52), ("RX", 0.27), ("ADMIN", 0.21))
PORTAL_LOAD = 0.80  # load of the pools: work that arrives / work the team can do, before the team was enlarged
PORTAL_OWN_DELAY = (1.1, 1.1)  # working hours the one who answers takes on top: median, sigma
PORTAL_HOURS = (8, 18)
REPLY_NEEDED, NEVER_ANSWERED = 0.88, 0.012  # messages that ask; of those, lost ones


# --- cases ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Desk:
    """One kind of owed work: cases a year over all sites, working days to acknowledge and to resolve (median, sigma)."""

    code: str
    service: str
    yearly: float
    acknowledged: tuple[float, float]
    resolved: tuple[float, float]


DESKS = {
    "complaint": Desk("CMP", "patient_relations", 2600, (1.1, 0.62), (17.0, 0.55)),
    "records": Desk("REC", "patient_relations", 900, (1.0, 0.6), (9.0, 0.5)),
    "billing": Desk("BIL", "billing", 3400, (0.6, 0.7), (1.6, 0.8)),
    "prior_authorization": Desk("PAU", "billing", 700, (0.5, 0.6), (3.6, 0.45)),
}
OFFICE_HOURS = (9, 17)
REOPENED, EXTENDED, URGENT = 0.06, 0.05, 0.12
EXPEDITED = 0.3  # of a standard authorisation's time: most are decided within the 72 hours that CMS-0057-F allows
DESK_LOAD = 0.82  # of the desk that opens the post

# --- referrals --------------------------------------------------------------------------------------------------------
RECEIVED = (6.0, 1.0)  # hours from sent: median, sigma
ACCEPTED = (2.2, 0.7)  # days from received
BOOKING = (3.0, 0.8)  # days from accepted
REJECTED, OUT_OF_NETWORK = 0.06, 0.05
NOTE_RETURNED, NOTE_DAYS = 0.72, (4.0, 0.9)  # specialists' notes sent: 69 % say the referrers
UNBOOKED_DAYS = 9.0  # mean age of referrals that are not booked yet

# --- slots, surveys, register, rows that are wrong --------------------------------------------------------------------
CENSUS_HOUR, CENSUS_DAYS = 7, 28
CENSUS_BACK = 7  # days behind it that the census lists too, so that the slots of every week are seen once past
CENSUS_WEEKLY_FROM = 0.25  # scale from which the census is taken every week
CENSUS_SLOTS = (3, 9)  # the template's slots that the census lists, of one provider
HELD = 0.08
SURVEYED, RESPONDS = 0.055, 0.24  # attended visits asked; share that answers (Friends and Family 2013: 10-27 %)
SURVEY_SCORES = (0.04, 0.05, 0.09, 0.32, 0.50)  # very poor .. very good, for an ordinary wait
PLACEHOLDER_TIME, OUT_OF_ORDER, UNKNOWN_CODE, SAID_TWICE = 0.0004, 0.0004, 0.0003, 0.0015  # shares of a feed's rows
