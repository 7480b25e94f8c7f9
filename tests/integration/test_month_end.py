"""A month's end with two hundred members: the same run as with ten thousand, in little."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.integration import month_end
from tests.integration.month_end_figures import told


# apprise still looks for a module of older Pythons.
@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")
def test_a_months_end_while_everything_goes_wrong(database: Database, tmp_path: Path) -> None:
    figures = month_end.run(database, tmp_path, 200, kills=2, longest=1.5, pdfs=40)
    assert figures.statements == 201
    assert figures.mails >= 120
    assert figures.kills >= 1, "the processes were done before they were killed"
    assert figures.twice_by_lost_yes >= 1
    assert "201 statements were issued, each once." in told(figures)
