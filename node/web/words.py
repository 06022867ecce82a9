"""Labels of the vocabularies' codes, and what a page says after something was done.

Codes are stable and cross the wire; labels are translated at the reader's node.
"""

import msgspec

import schemas
from node.web.i18n import later


class _Definition(msgspec.Struct):
    enum: list[str]


class _Vocabularies(msgspec.Struct):
    definitions: dict[str, _Definition] = msgspec.field(name="$defs")


def codes(name: str) -> list[str]:
    """The codes of one vocabulary, as `schemas/v1/vocabularies.json` lists them."""
    return msgspec.convert(schemas.read_all()["vocabularies"], _Vocabularies).definitions[name].enum


ROLES = {
    "teacher": later("Teacher"),
    "head": later("Head of school"),
    "librarian": later("Librarian"),
    "counsellor": later("Psychologist or counsellor"),
    "special_needs_assistant": later("Special-needs assistant"),
    "teacher_in_training": later("Teacher in initial training"),
    "other_staff": later("Other staff"),
}

SCHOOL_TYPES = {
    "pre_primary": later("Pre-primary"),
    "primary": later("Primary"),
    "lower_secondary": later("Lower secondary"),
    "upper_secondary_general": later("Upper secondary, general"),
    "upper_secondary_vocational": later("Upper secondary, vocational"),
    "special_education": later("Special education"),
    "adult": later("Adult education"),
    "other": later("Other school"),
}

SUBJECTS = {
    "art": later("Art"),
    "astronomy": later("Astronomy"),
    "biology": later("Biology"),
    "chemistry": later("Chemistry"),
    "citizenship": later("Citizenship"),
    "classical_languages": later("Classical languages"),
    "cross_curricular": later("Cross-curricular"),
    "design_and_technology": later("Design and technology"),
    "drama": later("Drama"),
    "economics": later("Economics"),
    "environmental_education": later("Environmental education"),
    "ethics": later("Ethics"),
    "european_studies": later("European studies"),
    "foreign_languages": later("Foreign languages"),
    "geography": later("Geography"),
    "geology": later("Geology"),
    "health_studies": later("Health studies"),
    "history": later("History"),
    "history_of_culture": later("History of culture"),
    "home_economics": later("Home economics"),
    "informatics": later("Informatics and ICT"),
    "language_and_literature": later("Language and literature"),
    "law": later("Law"),
    "mathematics": later("Mathematics"),
    "media_education": later("Media education"),
    "music": later("Music"),
    "natural_sciences": later("Natural sciences"),
    "philosophy": later("Philosophy"),
    "physical_education": later("Physical education"),
    "physics": later("Physics"),
    "politics": later("Politics"),
    "pre_school_subjects": later("Pre-school subjects"),
    "primary_school_subjects": later("Primary school subjects"),
    "psychology": later("Psychology"),
    "religion": later("Religion"),
    "social_studies": later("Social studies"),
    "special_needs_education": later("Special needs education"),
    "technology": later("Technology"),
    "vocational_agriculture": later("Vocational: agriculture"),
    "vocational_business": later("Vocational: business"),
    "vocational_construction": later("Vocational: construction"),
    "vocational_electronics": later("Vocational: electronics"),
    "vocational_health_and_care": later("Vocational: health and care"),
    "vocational_hospitality_and_tourism": later("Vocational: hospitality and tourism"),
    "vocational_mechanics": later("Vocational: mechanics"),
    "vocational_media_and_print": later("Vocational: media and print"),
    "vocational_transport": later("Vocational: transport"),
    "vocational_other": later("Vocational: other"),
}

COMPETENCES = {
    "literacy": later("Literacy"),
    "multilingual": later("Multilingual"),
    "mathematical_and_science": later("Mathematics, science, technology and engineering"),
    "digital": later("Digital"),
    "personal_and_learning_to_learn": later("Personal, social and learning to learn"),
    "citizenship": later("Citizenship"),
    "entrepreneurship": later("Entrepreneurship"),
    "cultural_awareness": later("Cultural awareness and expression"),
}

TOOLS = {
    "audio_conference": later("Audio conference"),
    "chat": later("Chat"),
    "email": later("E-mail"),
    "forum": later("Forum"),
    "audio_and_video_production": later("Audio and video production"),
    "presentations": later("Presentations"),
    "project_diary": later("Project diary"),
    "shared_pages": later("Shared pages"),
    "video_conference": later("Video conference"),
    "virtual_learning_environment": later("Virtual learning environment"),
    "web_publishing": later("Web publishing"),
    "other": later("Other tools"),
}

SCOPES = {
    "european": later("European: schools of at least two countries"),
    "national": later("National: schools of one country"),
}

AVAILABILITY = {
    "looking_for_partners": later("Looking for partners"),
    "open_to_offers": later("Open to ideas"),
    "not_now": later("Not just now"),
}

MAIL_SECURITIES = {
    "starttls": later("STARTTLS, usual at port 587"),
    "tls": later("TLS, usual at port 465"),
    "none": later("none, for a server on this machine only"),
}

PURPOSES = {
    "looking_for_partners": later("Looking for partners"),
    "offering_to_join": later("Offering to join a project"),
    "exchange_of_letters": later("Exchange of letters"),
    "short_activity": later("A short activity"),
    "mobility": later("A visit"),
    "question": later("A question"),
}

RUNNING_DAYS = {
    "14": later("Two weeks"),
    "30": later("A month"),
    "60": later("Two months"),
    "90": later("Three months"),
}

LISTED = {
    "person": later("People"),
    "school": later("Schools"),
    "project": later("Projects"),
    "notice": later("Notices"),
}
LISTED_ONE = {
    "person": later("Person"),
    "school": later("School"),
    "project": later("Project"),
    "notice": later("Notice"),
}

REACH = {
    "accredited": later("Staff of our school and of schools that it is connected with"),
    "public": later("Everybody, also outside"),
}

LICENCES = {
    "CC-BY-4.0": later("Others may use it and name us (CC BY 4.0)"),
    "CC-BY-SA-4.0": later("Others may use it, name us, and share alike (CC BY-SA 4.0)"),
    "CC-BY-NC-4.0": later("Others may use it without earning by it, and name us (CC BY-NC 4.0)"),
    "CC0-1.0": later("Free for everybody, without conditions (CC0)"),
    "all-rights-reserved-by-school": later("Only for this project; all rights stay with us"),
}

AUDIENCES = {
    "members": later("Everyone in the project"),
    "teachers": later("Only the teachers of the project"),
}

RESIDENCIES = {
    "shared": later("It goes to all schools of the project: each keeps a copy"),
    "home": later("It stays at your school: the others see it only while its server answers"),
}

HANDLE_TAKEN = later("This short name is taken. Choose another.")
AGES_TURNED = later("The second age is below the first.")

SECTORS = {"public": later("The public"), "private": later("A private body")}

SAFEGUARDING = "safeguarding"
ACCOUNT_ROLES = {
    "teacher": later("Teacher"),
    "admin": later("School administrator"),
    SAFEGUARDING: later("Safeguarding person"),
    "officer": later("Officer of the hub"),
}

# What a field is called in the summary of what is to be mended; by the field's name.
BLOCKS = {
    "paragraph": later("Text"),
    "heading": later("Heading"),
    "list": later("List"),
    "image": later("Picture"),
    "table": later("Table"),
    "file": later("File"),
    "embed": later("Link"),
}

LEVELS = {
    "2": later("Large"),
    "3": later("Middle"),
    "4": later("Small"),
}

FIELDS = {
    "label": later("Whom it is for"),
    "added": later("Something new"),
    "link": later("Join link"),
    "uses": later("How many schools"),
    "about": later("About"),
    "about_language": later("Language of the text"),
    "address": later("Address"),
    "age_from": later("Age from"),
    "age_to": later("Age to"),
    "aims": later("Aims"),
    "album": later("Album"),
    "alt": later("Description"),
    "audience": later("Who can see this"),
    "availability": later("Partners"),
    "card": later("Card of its server"),
    "alias": later("Alias"),
    "class_code": later("Class"),
    "display": later("Name"),
    "family": later("Family name"),
    "given": later("Given name"),
    "login": later("Sign-in name at school"),
    "names": later("Names"),
    "number": later("Number"),
    "rows": later("Number"),
    "list": later("Class list"),
    "enrollments": later("List of enrolments"),
    "classes": later("List of classes"),
    "their_classes": later("Classes"),
    "wanted": later("Class in the register"),
    "released": later("What was released"),
    "secret_word": later("Secret word"),
    "said": later("What was signed"),
    "signed_by": later("Who signed"),
    "signed_on": later("Signed on"),
    "until": later("Counts until"),
    "signer": later("Name of who signed"),
    "decides": later("Who signs about pictures"),
    "offered": later("Their work"),
    "shown": later("Who is in the picture"),
    "word": later("Marked word"),
    "words": later("Do you want to say more?"),
    "staying": later("Who stays in the class"),
    "city": later("Town"),
    "compared": later("Comparing the fingerprint"),
    "since": later("Since which day"),
    "countries": later("Countries"),
    "country": later("Country"),
    "days": later("How long it runs"),
    "description": later("Description"),
    "end": later("Ends"),
    "expected_results": later("What comes out of it"),
    "file": later("File"),
    "host": later("Name of the mail server"),
    "port": later("Port"),
    "security": later("Protection on the way"),
    "sender": later("Sender of the mails"),
    "server_password": later("Password there"),
    "user": later("Name there"),
    "release": later("What pupils write"),
    "of": later("For"),
    "handle": later("Short name"),
    "key_competences": later("Key competences"),
    "kind": later("What you look for"),
    "language": later("Language"),
    "languages": later("Languages"),
    "latitude": later("Degrees north"),
    "longitude": later("Degrees east"),
    "licence": later("Licence"),
    "residency": later("Where it is kept"),
    "mail": later("E-mail address"),
    "name": later("Name"),
    "new": later("New password"),
    "note": later("A few words"),
    "nuts": later("Code of the region (NUTS)"),
    "old": later("Password until now"),
    "other": later("Contact"),
    "password": later("Password"),
    "pictures": later("Pictures"),
    "pupils": later("How many pupils"),
    "q": later("Words"),
    "reason": later("Why"),
    "purpose": later("What it is about"),
    "reach": later("Who may read this"),
    "region": later("Region"),
    "register_number": later("Number in the school register"),
    "role": later("Role"),
    "roles": later("May act as"),
    "scope": later("Who takes part"),
    "school": later("Name of the school"),
    "sector": later("Kept by"),
    "start": later("Begins"),
    "subject": later("Subject"),
    "subjects": later("Subjects"),
    "successor": later("Who takes over"),
    "substitute": later("Who stands in"),
    "spaces": later("Projects"),
    "last_day": later("Last day"),
    "summary": later("In two sentences"),
    "text": later("Text"),
    "title": later("Title"),
    "token": later("Set-up token"),
    "tools": later("Tools"),
    "types": later("Kind of school"),
    "caption": later("Caption"),
    "level": later("Size"),
    "ordered": later("Kind of list"),
    "url": later("Web address"),
    "website": later("Web site"),
    "why": later("Why"),
    "columns": later("Columns"),
    "column": later("Column"),
    "colour": later("Colour"),
    "decision": later("What your school decides"),
    "work_process": later("How you work together"),
}

OWN_CONSENTS = {
    "space": later("Yes, in this project"),
    "public": later("Yes, also on its public pages"),
    "refused": later("No"),
}
READ_FOR = {
    "class_list": later("the list of the class"),
    "cards": later("making cards"),
    "one_pupil": later("one pupil's record"),
    "taking_part": later("choosing who takes part"),
    "consents": later("consents to pictures"),
    "pictures": later("saying who is in a picture"),
    "export": later("fetching their work"),
    "everything": later("everything about one pupil"),
    "evidence": later("what was reported"),
}
SIGNS = {
    "heart": later("I love it"),
    "bravo": later("Well done"),
    "smile": later("It makes me smile"),
    "idea": later("I learned something"),
    "none": later("A reaction taken back"),
}
ICONS = {"heart": "heart", "bravo": "thumbs-up", "smile": "smile", "idea": "lightbulb", "none": "x"}
WORK_STATES = {
    "draft": later("Not handed in"),
    "held": later("Handed in"),
    "leaving": later("Handed in"),
    "released": later("Released"),
    "returned": later("Given back"),
}
DECISIONS = WORK_STATES | {"mended": later("Mended")}
CONSENT_STATES = {
    "given": later("Consent given"),
    "missing": later("Nothing signed yet"),
    "expired": later("Consent has ended"),
    "refused": later("No pictures"),
    "withdrawn": later("Consent withdrawn"),
}
CONSENTS = {
    "space": later("Pictures may be shown to the schools of the project"),
    "public": later("… and on the public pages of the project too"),
    "refused": later("No pictures may be shown"),
    "withdrawn": later("An earlier consent is withdrawn"),
}
SIGNERS = {"guardian": later("A parent or guardian"), "pupil": later("The pupil")}
DECIDES = {
    "none": later("Parents or guardians, for everybody"),
    "some": later("Some pupils are old enough and sign themselves"),
    "all": later("Every pupil signs for himself or herself"),
}

# Offered where a language is asked for: those of Europe that CLDR can name, the own ones first.
LANGUAGES = (
    "ar", "az", "be", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa",
    "fi", "fr", "ga", "gl", "he", "hr", "hu", "hy", "is", "it", "ka", "kk", "lb", "lt", "lv", "mk",
    "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "zh",
)  # fmt: skip

COUNTRIES = tuple(codes("country"))
LOOKED_AT = later("Your teachers look at this. Until then it is not shown.")
