"""The people who write the synthetic tweets: the same in every run, a few of them very busy."""

import random
from dataclasses import dataclass

from faker import Faker

from producer.sources.weighted import Weighted

# How many people write in a language that the tweets are not in, in the language that they are in,
# and where their names come from.
_FEW_PEOPLE = {"en": 40, "es": 40, "pt": 30, "fr": 30, "de": 25, "ja": 25}
_MANY_PEOPLE = 600
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


def build_people(lang: str) -> dict[str, Weighted[Person]]:
    """Invent everybody, by language, most of them speakers of one; the same people in every run.

    Who writes next follows Zipf's law: a few people write most tweets.
    """
    rng = random.Random(_POPULATION_SEED)
    taken: set[str] = set()
    people = {}
    for spoken, count in {**_FEW_PEOPLE, lang: _MANY_PEOPLE}.items():
        faker = Faker(_LOCALES.get(spoken, _LOCALES["en"]))
        faker.seed_instance(_POPULATION_SEED)
        speakers = [_invent_person(faker, rng, taken) for _ in range(count)]
        people[spoken] = Weighted(speakers, (1 / (rank + 3) for rank in range(count)))
    return people


def _invent_person(faker: Faker, rng: random.Random, taken: set[str]) -> Person:
    username = faker.user_name()
    while username in taken:
        username = f"{username[:12]}{rng.randrange(1000)}"
    taken.add(username)
    return Person(str(rng.randrange(10**7, 10**10)), faker.name(), username)
