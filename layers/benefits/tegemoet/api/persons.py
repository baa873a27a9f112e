"""How a person is shown: by the subject, and by the name at the moment of the act."""

from tegemoet.api.shapes.common import Person


def person(subject: str, name: str | None) -> Person:
    """A person; one whose name was not recorded by the subject."""
    return {"subject": subject, "name": name or subject}
