"""Why something is reported or hidden, and what is decided about it: codes and their words."""

from node.web.i18n import later

REPORT_REASONS = {
    "harmful_to_a_child": later("Harmful to a child"),
    "bullying": later("Bullying"),
    "hate": later("Hate"),
    "private_data_shown": later("Private data is shown"),
    "sexual_content": later("Sexual content"),
    "advertising_or_spam": later("Advertising or spam"),
    "copyright": later("Copyright"),
    "something_else": later("Something else"),
}

PUPILS_REASONS = {
    "bullying": ("frown", later("Somebody is mean to me or to others")),
    "harmful_to_a_child": ("circle-alert", later("It frightens me, or is not for children")),
    "private_data_shown": ("eye", later("It shows a name, a face or where somebody lives")),
    "hate": ("ban", later("It says that some people are worth less")),
    "something_else": ("message-circle", later("Something else is not right")),
}
"""In a child's words, each with its picture."""

DECISIONS = {
    "hidden": later("Hide it at every school"),
    "kept": later("Let it stand"),
    "erasure_asked": later("Ask its school to delete it"),
    "deleted": later("It was deleted"),
}
