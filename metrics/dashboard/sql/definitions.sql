-- Every metric's contract as it stood when the generation was made.
select metric, title, question, family, kind, unit, better, headline, definition_version, toml, card, position
from definitions
order by position
