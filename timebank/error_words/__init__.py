"""The words for each code that a ``TimebankError`` can carry; a test compares them with the code.

One module for each area; here they are put together.
"""

from timebank.error_words import (
    channels,
    crediting,
    doors,
    exchanges,
    groups,
    imports,
    instance,
    joining,
    languages,
    organisations,
    people,
    projects,
    queries,
    rewards,
    sessions,
    statements,
    trusted,
)

ERRORS: dict[str, str] = {
    code: text
    for area in (
        instance,
        people,
        organisations,
        groups,
        joining,
        sessions,
        projects,
        crediting,
        doors,
        imports,
        rewards,
        exchanges,
        statements,
        queries,
        channels,
        languages,
        trusted,
    )
    for code, text in area.ERRORS.items()
}
