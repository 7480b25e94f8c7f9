"""The words for each code that a ``TimebankError`` can carry; a test compares them with the code.

One module for each area; here they are put together.
"""

from timebank.error_words import (
    channels,
    crediting,
    doors,
    groups,
    imports,
    instance,
    organisations,
    people,
    projects,
    queries,
    rewards,
    sessions,
    statements,
)

ERRORS: dict[str, str] = {
    code: text
    for area in (
        instance,
        people,
        organisations,
        groups,
        sessions,
        projects,
        crediting,
        doors,
        imports,
        rewards,
        statements,
        queries,
        channels,
    )
    for code, text in area.ERRORS.items()
}
