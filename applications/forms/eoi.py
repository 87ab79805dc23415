"""The pages of an expression of interest. "Save and continue" asks for everything a page needs; "save and come back
later" keeps what there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from applications import trn
from applications.models import Nominee, Round
from applications.parts import year_group_choices
from applications.services.drafts import HubChoice
from applications.wording import is_name_of, post_choice
from core.ui.forms import HubForm, IdempotentForm, MailField, NameField, WordsField
from programmes.models import Question
from programmes.rules import LeadRole, Words, lead_roles, senior_is_asked

YES_NO = [("yes", "Yes"), ("no", "No")]
UNSURE, OTHER = "unsure", "other"
NOT_A_NAME = "((", "))"
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
MEDIUM, SHORT = "govuk-!-width-two-thirds", "govuk-input--width-10"


class PersonName(NameField):
    """A name that a mail can carry: the double brackets in which links are put are no part of one."""

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if any(mark in name for mark in NOT_A_NAME):
            raise forms.ValidationError("Enter a name without double brackets", code="invalid")
        return name


def name_of_asked(typed: str, asked: str) -> str:
    """The typed name, refused where it shares no word with the name of who was asked."""
    if not is_name_of(typed, asked):
        raise forms.ValidationError(f"Type your own name. Only {asked} can answer here", code="other")
    return typed


class BeginForm(IdempotentForm, HubForm):
    """What is needed to begin: your own name where the portal does not know it yet."""

    name = PersonName(
        label="Your full name",
        help_text="The people you ask to sign see who asks them.",
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full name"},
    )

    def __init__(self, *args: Any, known_name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known_name:
            del self.fields["name"]


class PageForm(HubForm):
    """One page: `lenient` lets what is missing be missing, for who comes back later."""

    def __init__(self, *args: Any, lenient: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lenient = lenient

    def _relax(self) -> None:
        """Called once all fields are there."""
        if self.lenient:
            for field in self.fields.values():
                field.required = False


class SchoolForm(PageForm):
    """Confirm what the register says, and choose the hub."""

    optional_mark = False
    unfolds = {("register", "differs"): ("our_address",), ("hub", OTHER): ("other_hub", "hub_reason")}

    register = forms.ChoiceField(
        label="Is the address right?",
        choices=[("right", "Yes, this is our address"), ("differs", "No, ours differs")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the register has your address right"},
    )
    our_address = forms.CharField(
        label="Your address, where it differs",
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
        help_text="We keep it beside the register’s. To correct the register, use Get Information about Schools.",
    )
    telephone = forms.CharField(
        label="Telephone of the school",
        max_length=30,
        widget=forms.TextInput({**PLAIN, "type": "tel", "class": "govuk-input--width-20"}),
        error_messages={"required": "Enter the school’s telephone number, like 01242 555100"},
    )
    site = forms.CharField(
        label="Site or department",
        required=False,
        max_length=80,
        widget=forms.TextInput({**PLAIN, "class": MEDIUM}),
        help_text="Only where your school has two sites or two maths departments.",
    )
    hub = forms.ChoiceField(
        label="Which Maths Hub?", widget=forms.RadioSelect, error_messages={"required": "Choose a Maths Hub"}
    )
    other_hub = forms.ChoiceField(label="If another hub, which?", required=False)
    hub_reason = forms.CharField(
        label="If another hub, why?",
        required=False,
        max_length=200,
        help_text="A line is enough, for example “our trust works with it”.",
    )

    def __init__(
        self,
        *args: Any,
        school: Any,
        choices: Sequence[HubChoice],
        current: Round,
        now: Any,
        is_primary: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        own = [c for c in choices if c.default and (c.round.is_open(now) or c.round.pk == current.pk)]
        others = [c for c in choices if not c.default and (c.round.is_open(now) or c.round.pk == current.pk)]
        self.own, self.others = own, others
        if is_primary:
            self.fields["site"].label = "Site"
            self.fields["site"].help_text = "Only where your school has two sites."
        options = [(str(c.round.pk), c.hub.name) for c in own]
        if len(own) != 1:
            options.append((UNSURE, "I do not know: choose for us"))
        if others:
            options.append((OTHER, "Another hub, chosen below"))
        self.fields["hub"].choices = options
        self.fields["other_hub"].choices = [("", "Choose a hub"), *[(str(c.round.pk), c.hub.name) for c in others]]
        if not others:
            del self.fields["other_hub"]
            del self.fields["hub_reason"]
        if school.telephone:
            del self.fields["telephone"]
        self._relax()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("register") == "differs" and not data.get("our_address") and not self.lenient:
            self.add_error("our_address", "Enter your address")
        if data.get("hub") == OTHER:
            if not data.get("other_hub"):
                self.add_error("other_hub", "Choose the hub")
            if not data.get("hub_reason") and self.own and not self.lenient:
                self.add_error("hub_reason", "Say in a line why you choose another hub")
        return data


class PersonForm(PageForm):
    """A name, an address, and a reference number that may be left out."""

    optional_mark = False

    name = PersonName(label="Full name", widget=forms.TextInput({**PLAIN, "class": MEDIUM}))
    email = MailField(label="E-mail address", widget=forms.EmailInput({**PLAIN, "class": MEDIUM}))
    trn = forms.CharField(
        label="Teacher reference number (optional)",
        required=False,
        max_length=30,
        widget=forms.TextInput({**PLAIN, "inputmode": "numeric", "class": SHORT}),
        help_text="Seven digits, like 1234567.",
    )
    trn_reason = forms.ChoiceField(
        label="If you leave the number out, why?",
        required=False,
        choices=[("", "Choose a reason"), *Nominee.TrnReason.choices],
    )

    def __init__(self, *args: Any, nominee: Nominee | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nominee = nominee
        if nominee is not None and nominee.trn_encrypted:
            self.fields[
                "trn"
            ].help_text = f"We have {trn.masked(nominee.trn_encrypted)}. Leave this empty to keep it, or enter another."

    def clean_trn(self) -> str | None:
        """The number in seven digits; None: what is kept stays."""
        typed = self.cleaned_data.get("trn", "")
        if not typed.strip():
            return None
        try:
            return trn.normal(typed)
        except trn.NotATrn as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from refusal

    def _numbers(self) -> dict[str, Any]:
        values: dict[str, Any] = {"trn_reason": self.cleaned_data.get("trn_reason", "")}
        if (number := self.cleaned_data.get("trn")) is not None:
            values |= {"trn": number, "trn_reason": ""}
        return values


class BackerForm(PersonForm):
    """The headteacher or the head of department: post, name, address."""

    post = forms.ChoiceField(label="Post", widget=forms.RadioSelect)
    field_order = ["post", "name", "email", "trn"]

    HEADS = ("headteacher", "acting_head", "executive_head", "co_head", "head_of_school", "deputy")
    LEADERS = ("head_of_department", "acting_hod", "vacant", "none")

    def __init__(self, *args: Any, position: str, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["trn_reason"]  # asked of lead teachers only
        self.position = position
        is_head = position == Nominee.Position.HEAD
        who = "headteacher" if is_head else words.head_of_department
        posts = self.HEADS if is_head else self.LEADERS
        self.fields["post"].choices = [(post, post_choice(post, words)) for post in posts]
        self.fields["post"].error_messages["required"] = f"Choose the post of who signs as {who}"
        self.fields["name"].error_messages["required"] = f"Enter the full name of the {who}"
        self.fields["email"].error_messages["required"] = (
            f"Enter the e-mail address of the {who}, like {'h.carter' if is_head else 'j.marsh'}@school.org.uk"
        )
        self.fields["email"].help_text = "Their own address, not one that several people read."
        self._relax()

    def values(self) -> dict[str, Any]:
        """The columns of the nominee."""
        data = self.cleaned_data
        return {"post": data["post"], "name": data["name"], "email": data["email"], **self._numbers()}


class LeadForm(PersonForm):
    """A lead teacher: who, in which role, how experienced, and what they may also add themselves when they sign."""

    unfolds = {("role_code", str(LeadRole.OTHER)): ("role",)}

    is_backer = forms.BooleanField(required=False)
    role_code = forms.ChoiceField(label="Role or responsibility", widget=forms.RadioSelect)
    role = forms.CharField(
        label="If it is another role, which?",
        required=False,
        max_length=120,
        widget=forms.TextInput({**PLAIN, "class": MEDIUM}),
    )
    senior = forms.ChoiceField(
        label="Are they experienced, and do they have the authority to make change happen in the department?",
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    year_groups = forms.MultipleChoiceField(
        label="Year groups they teach maths to in that year", required=False, widget=forms.CheckboxSelectMultiple
    )
    not_timetabled = forms.BooleanField(label="Not timetabled yet: ask again in September", required=False)
    field_order = ["is_backer", "name", "email", "role_code", "role", "senior", "year_groups", "not_timetabled"]

    def __init__(
        self,
        *args: Any,
        words: Words,
        phase: str,
        school: Any,
        wanted_senior: int,
        year: str,
        backer: Nominee | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.wanted_senior, self.backer, self.phase, self.school = wanted_senior, backer, phase, school
        if backer is not None and backer.name and backer.email:
            self.fields["is_backer"].label = f"This is {backer.name}, the {words.head_of_department}"
        else:
            del self.fields["is_backer"]
        if self.nominee is not None and self.nominee.trn_encrypted:
            del self.fields["trn_reason"]
        self.fields["role_code"].choices = lead_roles(phase, sector=school.type.sector)
        self.fields["role_code"].error_messages["required"] = f"Choose the role of the {words.lead}"
        self.fields["name"].error_messages["required"] = f"Enter the full name of the {words.lead}"
        self.fields["email"].error_messages["required"] = (
            f"Enter the e-mail address of the {words.lead}, like a.khan@school.org.uk"
        )
        self.fields["year_groups"].choices = year_group_choices(school)
        self.fields["year_groups"].label = f"Year groups they will teach maths to in {year}"
        if wanted_senior:
            self.fields["senior"].required = False  # judged in `clean`: not asked of a head of department
            self.fields["senior"].label = (
                "Are they experienced, with substantial responsibility and the authority to make change happen in the "
                f"{words.department}?"
            )
            if words.senior_hint:
                self.fields["senior"].help_text = (
                    f"At least one {words.lead} has to be: {words.senior_hint}. "
                    f"You need not answer for a {words.head_of_department}."
                )
        else:
            del self.fields["senior"]
        self._relax()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("is_backer") and self.backer is not None:
            data["name"], data["email"] = self.backer.name, self.backer.email
            self.errors.pop("name", None)
            self.errors.pop("email", None)
        if data.get("role_code") == LeadRole.OTHER and not data.get("role") and not self.lenient:
            self.add_error("role", "Enter their role")
        asked = senior_is_asked(data.get("role_code", ""), wanted_senior=self.wanted_senior)
        if "senior" in self.fields and asked and not data.get("senior") and not self.lenient and data.get("role_code"):
            self.add_error("senior", "Say whether they are experienced and have that authority")
        if data.get("year_groups") and data.get("not_timetabled"):
            self.add_error("not_timetabled", "Choose year groups, or say that they are not timetabled yet")
        return data

    def values(self) -> dict[str, Any]:
        """The columns of the nominee; the label of a chosen role is what everybody reads."""
        data = self.cleaned_data
        code = data["role_code"]
        label = dict(lead_roles(self.phase, sector=self.school.type.sector)).get(code, "")
        senior: bool | None = {"yes": True, "no": False}.get(data.get("senior", ""))
        if self.wanted_senior and not senior_is_asked(code, wanted_senior=self.wanted_senior):
            senior = True  # senior by the role itself
        return {
            "name": data["name"],
            "email": data["email"],
            "role_code": code,
            "role": data["role"] if code == LeadRole.OTHER else label,
            "senior": senior if self.wanted_senior else None,
            "year_groups": data["year_groups"],
            "not_timetabled": data["not_timetabled"],
            **self._numbers(),
        }


class QuestionsForm(PageForm):
    """One group of the edition's own questions."""

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.code] = _field(question)
        first = questions[0]
        self.besides = [q.code for q in questions[1:]] if first.kind == Question.Kind.YES_NO else []
        self.unfolds = {(first.code, "yes"): self.besides}
        self._relax()

    def answers(self) -> dict[str, str]:
        """The answers by code, as text; what a yes asks besides is empty after a no."""
        found = {code: self.cleaned_data.get(code) or "" for code in self.fields}
        first = next(iter(found), "")
        return found | (dict.fromkeys(self.besides, "") if found.get(first) == "no" else {})


def prompts_of(question: Question) -> list[str]:
    """The lines of a hint that is a list of prompts; a hint of one line stands with its question."""
    lines = [line.strip() for line in question.hint.splitlines() if line.strip()]
    return lines if len(lines) > 1 else []


def _field(question: Question) -> forms.Field:
    hint = "" if prompts_of(question) else question.hint.strip()
    common: dict[str, Any] = {"label": question.label, "required": question.required, "help_text": hint}
    if question.kind == Question.Kind.YES_NO:
        return forms.ChoiceField(
            choices=YES_NO, widget=forms.RadioSelect, error_messages={"required": "Choose yes or no"}, **common
        )
    if question.kind == Question.Kind.CHOICE:
        choices = [(choice, choice) for choice in question.choices]
        return forms.ChoiceField(
            choices=choices, widget=forms.RadioSelect, error_messages={"required": "Choose an answer"}, **common
        )
    if question.kind == Question.Kind.WORDS:
        return WordsField(
            limit=question.limit_words or 200, rows=10, error_messages={"required": "Write your answer"}, **common
        )
    return forms.CharField(max_length=400, error_messages={"required": "Enter an answer"}, **common)


class WithdrawForm(HubForm):
    """Why a form is taken back."""

    reason = WordsField(
        label="Why do you withdraw it?",
        rows=3,
        max_length=400,
        required=False,
        help_text="The hub reads this, if the form had been sent.",
    )
    sure = forms.BooleanField(
        label="Withdraw this form", error_messages={"required": "Tick the box to withdraw the form"}
    )


class SignForm(HubForm):
    """A person's signature: typed name, a tick for each role, and what is missing of a lead teacher's own entry."""

    optional_mark = False

    name = PersonName(
        label="Type your full name",
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Type your full name to sign"},
    )
    trn = forms.CharField(
        label="Your teacher reference number",
        required=False,
        max_length=30,
        widget=forms.TextInput({**PLAIN, "inputmode": "numeric", "class": SHORT}),
        help_text="Seven digits, like 1234567. You can leave it out now; it is asked for before the place is taken up.",
    )
    trn_reason = forms.ChoiceField(
        label="If you leave the number out, why?",
        required=False,
        choices=[("", "Choose a reason"), *Nominee.TrnReason.choices],
    )
    year_groups = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    not_timetabled = forms.BooleanField(label="Not timetabled yet: ask again in September", required=False)

    def __init__(
        self,
        *args: Any,
        statements: Mapping[str, str],
        asks_trn: bool,
        asks_years: bool,
        school: Any,
        year: str,
        asked: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.statements, self.asked = dict(statements), asked
        if not asks_trn:
            del self.fields["trn"]
            del self.fields["trn_reason"]
        if asks_years:
            self.fields["year_groups"].label = f"Year groups you will teach maths to in {year}"
            self.fields["year_groups"].choices = year_group_choices(school)
        else:
            del self.fields["year_groups"]
            del self.fields["not_timetabled"]
        for role, statement in self.statements.items():
            self.fields[f"as_{role}"] = forms.BooleanField(
                label=statement, error_messages={"required": f"Tick the box to sign: “{statement}”"}
            )
        own = [name for name in ("trn", "trn_reason", "year_groups", "not_timetabled") if name in self.fields]
        self.order_fields([*own, "name", *[f"as_{role}" for role in self.statements]])

    def clean_trn(self) -> str:
        try:
            return trn.normal(self.cleaned_data.get("trn", ""))
        except trn.NotATrn as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from refusal

    def clean_name(self) -> str:
        return name_of_asked(self.cleaned_data["name"], self.asked)

    def roles(self) -> set[str]:
        return {role for role in self.statements if self.cleaned_data.get(f"as_{role}")}

    def statement(self) -> str:
        """The words that were ticked, as the signature keeps them."""
        return "\n".join(text for role, text in self.statements.items() if role in self.roles())


class RefuseForm(HubForm):
    """A no, with its reason."""

    reason = WordsField(
        label="Why do you say no?",
        rows=4,
        max_length=1000,
        help_text="The school and the hub read this.",
        error_messages={"required": "Say in a sentence why you do not sign"},
    )


def role_sentence(role: str, words: Words) -> str:
    """What a person ticks above the button, for one role."""
    if role == "head":
        return "I am the headteacher, or sign for them, and sign for the school"
    if role == "head_of_department":
        return f"I am the {words.head_of_department}, or sign in their place, and back the statement"
    return f"I am a {words.lead} of this form and will take part"
