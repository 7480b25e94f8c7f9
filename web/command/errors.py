"""Expected errors in one helpful line on the error stream, and exit 1; wrong usage exits 2."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.exc import OperationalError

from timebank.errors import Rejected, TimebankError, Unavailable
from timebank.words import ERRORS, Words


class Failed(click.ClickException):
    """Ends a command with a line (or one line for each problem) and exit 1."""

    exit_code = 1


class PlainGroup(click.Group):
    """A group whose commands never show a traceback for something an operator can put right."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, turning expected errors into words."""
        try:
            return super().invoke(ctx)
        except Unavailable as error:
            why = getattr(error.__cause__, "orig", None)
            reason = f" ({first_line(why)})" if why is not None else ""
            raise Failed(in_words(error) + reason) from error
        except TimebankError as error:
            raise Failed(in_words(error)) from error
        except OperationalError as error:
            raise Failed(f"The database cannot be used: {first_line(error.orig)}") from error
        except BrokenPipeError:
            raise  # the reader of our output left; click ends quietly
        except OSError as error:
            if error.filename is None:
                raise
            raise Failed(f"{error.filename}: {error.strerror}.") from error


def in_words(error: TimebankError) -> str:
    """What to tell the operator; several problems are one line each, with line numbers."""
    if isinstance(error, Rejected):
        lines = [in_words(problem) for problem in error.problems]
        return "\n".join([Words().error(error.code, **error.params), *lines])
    text = ERRORS.get(error.code)
    said = Words().say(text, **error.params) if text is not None else error.code
    line = error.params.get("line")
    where = [f"line {line}"] if line is not None and "%(line)s" not in (text or "") else []
    where += [error.field.replace("_", " ")] if error.field is not None else []
    return f"{', '.join(where).capitalize()}: {said}" if where else said


def first_line(error: object) -> str:
    """The first line of a driver's message."""
    return str(error).strip().partition("\n")[0]
