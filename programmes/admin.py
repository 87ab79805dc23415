"""Programmes, their editions and terms, and the roll, for support to read."""

from core import support
from programmes.models import Advocate, Commitment, Edition, Enrolment, Programme, Question, Terms

support.show(Programme, search=("name",))
support.show(Edition, search=("programme__name", "ncp_code"))
support.show(Terms, Commitment, Question)
support.show(Enrolment, search=("school__name", "school__urn"))
support.show(Advocate, search=("teacher__name", "teacher__email"))
