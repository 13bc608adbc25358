"""The people who write the synthetic tweets: the same in every run, a few of them very busy."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from faker import Faker

# How many people write in each language, and where their names come from.
_ENGLISH = "en"
_PEOPLE_COUNT = {"en": 600, "es": 40, "pt": 30, "fr": 30, "de": 25, "ja": 25}
_LOCALES = {
    "en": ["en_US", "en_GB", "en_IN"],
    "es": ["es_ES", "es_MX"],
    "pt": ["pt_BR"],
    "fr": ["fr_FR"],
    "de": ["de_DE"],
    "ja": ["ja_JP"],
}
_POPULATION_SEED = 20061


@dataclass(frozen=True, slots=True)
class Person:
    """An account: its id (digits), its display name and its handle without the `@`."""

    id: str
    name: str
    username: str


class Population:
    """People by language; who writes next follows Zipf's law, so that a few write most tweets."""

    def __init__(self, people: Mapping[str, list[Person]]) -> None:
        self._people = people
        self._cumulative_activity = {
            lang: list(accumulate(1 / (rank + 3) for rank in range(len(speakers))))
            for lang, speakers in people.items()
        }

    def pick_person(self, lang: str, rng: random.Random) -> Person:
        """Pick who writes the next tweet in a language."""
        activity = self._cumulative_activity[lang]
        return rng.choices(self._people[lang], cum_weights=activity)[0]


def build_population() -> Population:
    """Invent everybody; always the same people, so that they recur from run to run."""
    rng = random.Random(_POPULATION_SEED)
    taken: set[str] = set()
    people = {}
    for lang, count in _PEOPLE_COUNT.items():
        faker = Faker(_LOCALES[lang])
        faker.seed_instance(_POPULATION_SEED)
        people[lang] = [_invent_person(faker, rng, taken) for _ in range(count)]
    return Population(people)


def _invent_person(faker: Faker, rng: random.Random, taken: set[str]) -> Person:
    username = faker.user_name()
    while username in taken:
        username = f"{username[:12]}{rng.randrange(1000)}"
    taken.add(username)
    return Person(str(rng.randrange(10**7, 10**10)), faker.name(), username)
