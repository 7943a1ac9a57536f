"""The canonical event tables, each declared once, and the rules every one of them keeps."""

from metrics.events.appointments import APPOINTMENTS
from metrics.events.cases import CASES
from metrics.events.contacts import CONTACTS
from metrics.events.declaration import Column, EventTable, Rule
from metrics.events.patients import PATIENTS, STRATA
from metrics.events.referrals import REFERRALS
from metrics.events.rules import rules_of
from metrics.events.slots import SLOTS
from metrics.events.surveys import SURVEYS
from metrics.events.tallies import TALLIES
from metrics.events.visits import VISITS

TABLES: dict[str, EventTable] = {
    table.name: table for table in (APPOINTMENTS, VISITS, CONTACTS, CASES, REFERRALS, SLOTS, SURVEYS, PATIENTS, TALLIES)
}

__all__ = ["STRATA", "TABLES", "Column", "EventTable", "Rule", "rules_of"]
