"""The instance's secret is made once, whole, however many ask for it first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.command.conftest import Place


def test_whoever_asks_first_and_at_once_gets_the_same_whole_secret(empty_place: Place) -> None:
    with ThreadPoolExecutor(8) as threads:
        for number in range(40):
            place = Place(empty_place.data / str(number), {})
            place.environ["TIMEBANK_DATA"] = str(place.data)
            settings, together = place.settings, Barrier(8)

            def ask(settings=settings, together=together) -> bytes:
                together.wait()
                return settings.secret

            found = {each.result() for each in [threads.submit(ask) for _ in range(8)]}
            assert len(found) == 1
            assert len(found.pop()) == 32
            assert [path.name for path in (place.data / "keys").iterdir()] == ["secret"]
