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

HANDLE_TAKEN = later("This short name is taken. Choose another.")
AGES_TURNED = later("The second age is below the first.")

SECTORS = {"public": later("The public"), "private": later("A private body")}

ACCOUNT_ROLES = {
    "teacher": later("Teacher"),
    "admin": later("School administrator"),
    "officer": later("Officer of the hub"),
}

# What a field is called in the summary of what is to be mended; by the field's name.
FIELDS = {
    "label": later("Whom it is for"),
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
    "handle": later("Short name"),
    "key_competences": later("Key competences"),
    "kind": later("What you look for"),
    "language": later("Language"),
    "languages": later("Languages"),
    "latitude": later("Degrees north"),
    "longitude": later("Degrees east"),
    "licence": later("Licence"),
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
    "reason": later("A few words"),
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
    "last_day": later("Last day"),
    "summary": later("In two sentences"),
    "text": later("Text"),
    "title": later("Title"),
    "token": later("Set-up token"),
    "tools": later("Tools"),
    "types": later("Kind of school"),
    "website": later("Web site"),
    "work_process": later("How you work together"),
}

# Languages offered where a text's or a person's language is asked for: those of Europe and its
# neighbours that CLDR can name. The reader's and the account's own come first.
LANGUAGES = (
    "ar", "az", "be", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa",
    "fi", "fr", "ga", "gl", "he", "hr", "hu", "hy", "is", "it", "ka", "kk", "lb", "lt", "lv", "mk",
    "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "zh",
)  # fmt: skip

COUNTRIES = tuple(codes("country"))

# After something was done the next page says so; the address carries the code, never the sentence.
TOLD = {
    "school-kept": later("The school is kept."),
    "hub-asked": later("The hub has your request."),
    "hub-left": later("Your school has no hub any more."),
    "hub-endorsed": later("Endorsed. Schools hear of it when they next ask."),
    "hub-endorsed-no-more": later("The endorsement is taken back."),
    "news-told": later("Told. The schools have it soon."),
    "link-withdrawn": later("The link works no more."),
    "school-accredited": later("Accredited. The school hears of it when it next asks."),
    "school-renewed": later("The accreditation is renewed."),
    "school-refused": later("Not accredited. The school reads why."),
    "school-revoked": later("The accreditation is taken back."),
    "project-approved": later("The project is approved."),
    "project-refused": later("The project is not approved. The founders read why."),
    "school-invited": later("Invited. The school has 30 days to answer."),
    "school-withdrawn": later("The invitation is withdrawn."),
    "school-joined": later("You have accepted. The project's schools let yours in."),
    "school-declined": later("You have declined."),
    "project-closed": later("The project is closed."),
    "handed-over": later("Your colleague founds the project now."),
    "school-left": later("Your school has left the space."),
    "school-removed": later("The school is removed, as soon as the list of members says so."),
    "last-day": later("The last day is noted."),
    "no-last-day": later("The account has no last day any more."),
    "signed-in": later("Welcome back."),
    "signed-out": later("You are signed out."),
    "welcome": later("Welcome. Your account is ready."),
    "asked": later("Thank you. Your school's administrator looks at it and tells you."),
    "saved": later("Saved."),
    "availability-renewed": later("Thank you. It holds for another half a year."),
    "published": later("Published."),
    "deleted": later("Deleted."),
    "notice-up": later("Your notice is up."),
    "notice-down": later("Your notice is taken back."),
    "sent": later("Sent."),
    "posted": later("Posted. The other schools get it at once, or when they are next switched on."),
    "update-posted": later(
        "Posted. The other schools get it at once, or when they are next switched on."
    ),
    "files-brought": later("They have arrived. Say in a few words what they are."),
    "files-published": later("They are in the materials now."),
    "file-discarded": later("Thrown away."),
    "file-wanted": later("It is being fetched."),
    "album-made": later("The album is there."),
    "member-added": later("Your colleague is in the space now."),
    "left": later("You have left the space."),
    "followed": later("You follow this from now on."),
    "unfollowed": later("You no longer follow this."),
    "contact-offered": later("Your offer is on its way."),
    "contact-answered": later("Your answer is on its way."),
    "contact-withdrawn": later("Your offer is withdrawn."),
    "contact-ended": later("You are no longer contacts."),
    "blocked": later("Blocked. Nobody is told."),
    "unblocked": later("No longer blocked."),
    "password-changed": later("Your password is changed. Other devices were signed out."),
    "device-signed-out": later("That device is signed out."),
    "drafted": later("Your draft is kept."),
    "project-offered": later("Your project is on its way to the other school."),
    "project-accepted": later("You found this project together. The space opens now."),
    "project-declined": later("Your answer is on its way."),
    "project-withdrawn": later("The offer is withdrawn. The project is a draft again."),
    "account-approved": later("The account is open."),
    "account-declined": later("The request is declined."),
    "account-ended": later("The account has ended."),
    "invitation-withdrawn": later("The invitation is withdrawn."),
    "partner-added": later("The school is added. Compare the fingerprint, then approve it."),
    "partner-approved": later("The school is approved."),
    "partner-blocked": later("The school is blocked."),
    "partner-unblocked": later("The school is no longer blocked."),
    "partner-removed": later("The school is removed."),
    "partner-rekeyed": later("The school is known by its new key."),
    "school-rekeyed": later("The school is accredited with its new key. Other schools hear it."),
    "backup-asked": later("The backup is being made. Look again in a minute."),
    "set-up": later("This server is yours now. Below is what else can be looked after."),
    "mail-queued": later("The mail is on its way. If it stays below, it says why."),
    "key-changed": later("This server has a new key. Partners are told."),
    "retrying": later("It is tried again at once."),
    "dropped": later("It will not be sent any more."),
}
