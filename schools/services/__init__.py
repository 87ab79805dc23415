"""What is done to schools and their people."""

from schools.services.importing import Counts, Imported, RefusedFile, import_register
from schools.services.people import add_teacher, appoint, end_role, teachers_with_trn, trn_hash
from schools.services.reference import load_reference

__all__ = [
    "Counts",
    "Imported",
    "RefusedFile",
    "add_teacher",
    "appoint",
    "end_role",
    "import_register",
    "load_reference",
    "teachers_with_trn",
    "trn_hash",
]
