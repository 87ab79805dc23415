"""Schools and their people, for support to read."""

from core import support
from schools.models import (
    EstablishmentType,
    LocalAuthority,
    RegisterImport,
    School,
    SchoolChange,
    SchoolMembership,
    Succession,
    Teacher,
)

support.show(School, search=("urn", "name", "town", "postcode"))
support.show(Teacher, search=("name", "email"))
support.show(SchoolMembership, search=("school__name", "user__email"))
support.show(SchoolChange, search=("school__urn",))
support.show(Succession, search=("urn", "link_urn"))
support.show(LocalAuthority, EstablishmentType, search=("code", "name"))
support.show(RegisterImport, search=("file_name",))
