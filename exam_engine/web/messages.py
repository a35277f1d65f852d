"""The words for error codes. Parts add theirs with `exam_engine.web.errors.register_messages`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from exam_engine.errors import ExamEngineError


@dataclass(frozen=True)
class Message:
    """What went wrong, and what to do about it; ``%(name)s`` places are filled from the error's params."""

    text: LazyString
    hint: LazyString

    def filled(self, params: Mapping[str, object]) -> tuple[str, str]:
        """Text and hint in the current language, with their places filled."""
        values = _Params(params)
        return str(self.text) % values, str(self.hint) % values


class _Params(dict[str, object]):
    """What a text asks for and the error lacks shows as an ellipsis: an error page must never fail itself."""

    def __missing__(self, name: str) -> str:
        return "…"


MESSAGES: dict[str, Message] = {
    "internal": Message(
        _l("Something went wrong on our side."),
        _l("Try again. If it happens again, tell the help desk the number below."),
    ),
    "unavailable": Message(
        _l("The service is not available at this moment."), _l("Try again in a few seconds.")
    ),
    "database.unavailable": Message(
        _l("The database does not answer at this moment."),
        _l("Nothing that was confirmed is lost. Try again in a few seconds."),
    ),
    "not_found": Message(
        _l("There is nothing here, or not for you."),
        _l("Check the address, or go back to the start."),
    ),
    "forbidden": Message(
        _l("Your roles do not reach this far."),
        _l("Ask an administrator if you need this for your work."),
    ),
    "method_not_allowed": Message(
        _l("This address does not take that kind of request."),
        _l("Go back and use the page's own buttons."),
    ),
    "bad_request": Message(
        _l("The server could not read this request."), _l("Go back, reload the page and try again.")
    ),
    "csrf": Message(
        _l("This form is no longer valid."),
        _l("It may have been open for too long, or you signed in anew. Go back, reload and send it again."),
    ),
    "too_large": Message(
        _l("That is too large."), _l("Files may have up to 20 MB. Split the file and try again.")
    ),
    "unsupported_media_type": Message(
        _l("The server does not read this kind of content."), _l("Send JSON in UTF-8.")
    ),
    "too_many_requests": Message(
        _l("Too many attempts."),
        _l("Wait %(retry_after)s seconds before you try again."),
    ),
    "input.invalid": Message(
        _l("A value cannot be used: %(problem)s"), _l("Correct it and send the form again.")
    ),
    "clients.not_built": Message(
        _l("The browser clients have not been built: %(name)s is missing."),
        _l("Run “make web” in the project's folder, then reload."),
    ),
    "settings.invalid": Message(
        _l("The setting “%(field)s” cannot be used: %(problem)s"),
        _l("Correct the profile or the environment variable and start again."),
    ),
    "exam.version_exists": Message(
        _l("Version %(version)s of exam %(exam)s is loaded already, with other content."),
        _l("Give the changed definition a new version."),
    ),
    "exam.definition_invalid": Message(
        _l("The exam definition %(source)s cannot be used: %(problems)s"),
        _l("Correct the fields named and load it again."),
    ),
    "paper.damaged": Message(
        _l("The stored paper “%(paper)s” is not the one that was published."),
        _l("Do not deliver it. Tell the exam officer and restore the database from a copy."),
    ),
    "accounts.not_signed_in": Message(
        _l("You are not signed in, or your session has ended."), _l("Sign in and try again.")
    ),
    "accounts.wrong_credentials": Message(
        _l("The username or the password is wrong."),
        _l("Check both. After several failures the account is locked for a while."),
    ),
    "accounts.wrong_code": Message(
        _l("This code is wrong or was used already."),
        _l("Wait for the next code of your app. The clock of your phone must be right."),
    ),
    "accounts.locked": Message(
        _l("This account is locked for a while after too many failures."),
        _l("Try again in %(minutes)s minutes, or ask an administrator."),
    ),
    "accounts.weak_password": Message(
        _l("This password cannot be used: %(problem)s"),
        _l("A few words that do not belong together make a good password."),
    ),
    "accounts.username_taken": Message(
        _l("The username “%(username)s” is taken."), _l("Choose another.")
    ),
    "accounts.own_grants": Message(
        _l("Nobody changes their own roles or deactivates themselves."),
        _l("Ask another administrator."),
    ),
}


def in_plain_words(error: ExamEngineError) -> str:
    """Text and hint in English, for the command line."""
    message = MESSAGES.get(error.code, MESSAGES["internal"])
    return "\n".join(message.filled({"field": error.field} | error.params))
