"""A community that was set up, once on each engine, for tests with several processes."""

from tests.timebank.conftest import community

__all__ = ["community"]
