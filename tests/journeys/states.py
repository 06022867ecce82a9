"""Every page in every state that a reader can meet: a name, the page's address, the way there.

A page of `node/web/routes.py` without an entry fails a test. A state is reached without changing
what another state shows, so that they can be looked at in any order.
"""

from tests.journeys.hub_states import HUBS
from tests.journeys.scene import at, fill, follow, press, see, unfold
from tests.journeys.state import MEND, MENU, state
from tests.journeys.states_classes import CLASSES
from tests.journeys.states_entry import ENTRY
from tests.journeys.states_ledger import LEDGER
from tests.journeys.states_moderation import MODERATION
from tests.journeys.states_pages import PAGES
from tests.journeys.states_privacy import PRIVACY
from tests.journeys.states_safeguarding import SAFEGUARDING
from tests.journeys.states_spaces import MATERIALS, SPACES
from tests.journeys.states_staff import STAFF
from tests.journeys.states_walls import WALLS

VISITORS = (
    state("front", "/", at("", "/")),
    state("front of a new school", "/", at("@fresh", "/")),
    state("front for who is signed in", "/", at("ana", "/")),
    state("about", "/about", at("", "/about")),
    state("accessibility", "/accessibility", at("", "/accessibility")),
    state("set up", "/setup", at("@bare", "{set_up}"), see("first administrator")),
    state("set up in vain", "/setup", at("@bare", "{set_up}"), press("Set it up"), MEND),
    state("set up mail", "/setup/mail", at("eleni", "/setup/mail"), see("Step 2 of 3")),
    state(
        "set up mail in vain",
        "/setup/mail",
        at("eleni", "/setup/mail"),
        press("Keep it and try it out"),
        MEND,
    ),
    state("set up the hub", "/setup/hub", at("claire", "/setup/hub"), see("Step 3 of 3")),
    state("set up the hub, asked", "/setup/hub", at("rosa", "/setup/hub"), see("has your request")),
    state(
        "set up the hub in vain",
        "/setup/hub",
        at("claire", "/setup/hub"),
        press("Send the request"),
        MEND,
    ),
    state("login", "/login", at("", "/login")),
    state(
        "login with a wrong password",
        "/login",
        at("", "/login"),
        fill(handle="ana", password="not this one"),
        press("Sign in"),
        MEND,
    ),
    state("logout", "/logout", at("ana", "/logout")),
    state("invitation", "/invite/{token}", at("", "{invite}"), see("Vera Pinto")),
    state(
        "invitation with too short a password",
        "/invite/{token}",
        at("", "{invite}"),
        fill(password="short"),
        press("Open my account"),
        MEND,
    ),
    state("invitation used up", "/invite/{token}", at("", "/invite/abc"), see("used up")),
    state("ask for an account", "/ask", at("", "/ask")),
    state("ask for an account in vain", "/ask", at("", "/ask"), press("Send"), MEND),
    state("a page that nobody has", "/about", at("", "/nothing/here"), see("does not exist")),
)

HOME = (
    state("home", "/home", at("ana", "/home"), see("Le Rhône est haut")),
    state("home with a count on the bell", "/home", at("tiago", "/home"), see("Waiting for you")),
    state("home of who has just begun", "/home", at("nina", "/home"), see("First steps")),
    state("home with the menu open", "/home", at("rosa", "/home"), MENU, see("Sign out")),
    state("profile form", "/me", at("ana", "/me")),
    state("profile form in vain", "/me", at("nina", "/me"), fill(name=""), press("Save"), MEND),
    state("availability to renew", "/me/availability", at("ana", "/me/availability")),
    state("security", "/me/security", at("ana", "/me/security")),
    state(
        "security in vain",
        "/me/security",
        at("ana", "/me/security"),
        fill(old="wrong", new="short"),
        press("Change the password"),
        MEND,
    ),
    state("new update", "/updates/new", at("ana", "/updates/new")),
    state("new update in vain", "/updates/new", at("ana", "/updates/new"), press("Publish"), MEND),
    state("delete an update", "/updates/{name}/delete", at("ana", "{update}"), see("storks")),
)

PEOPLE = (
    state("people", "/people", at("ana", "/people"), see("Luc Bernard")),
    state("people, following nobody", "/people", at("nina", "/people")),
    state(
        "people, nobody found",
        "/people",
        at("ana", "/people"),
        fill(address="nobody@{vert}"),
        press("Find"),
        MEND,
    ),
    state("search", "/search", at("ana", "/search"), see("Luc Bernard")),
    state("search, narrowed", "/search", at("ana", "/search?q=ana&language=pt"), see("Ana")),
    state("search, nothing found", "/search", at("ana", "/search?q=xyz"), see("Nothing was found")),
    state("search in vain", "/search", at("ana", "/search?age_from=12&age_to=4"), MEND),
    state("own profile", "/people/{name}", at("ana", "/people/ana"), see("storks")),
    state("own profile, empty", "/people/{name}", at("nina", "/people/nina")),
    state("profile for a visitor", "/people/{name}", at("", "/people/ana")),
    state("a contact's profile", "/people/{name}", at("ana", "/people/{luc}"), see("Unfollow")),
    state("profile that offers a contact", "/people/{name}", at("tiago", "/people/{luc}")),
    state("school", "/schools/{name}", at("ana", "{vert_school}")),
    state("own school", "/schools/{name}", at("ana", "{azul_school}")),
    state("offer a contact", "/people/{name}/contact", at("ana", "/people/{ines}/contact")),
    state(
        "offer a contact in vain",
        "/people/{name}/contact",
        at("ana", "/people/{ines}/contact"),
        press("Send"),
        MEND,
    ),
    state("block somebody", "/people/{name}/block", at("ana", "/people/{luc}/block")),
    state("contacts", "/contacts", at("ana", "/contacts"), see("Luc Bernard")),
    state("contacts with an offer", "/contacts", at("tiago", "/contacts"), see("sing with us")),
    state("contacts with own offer", "/contacts", at("luc", "/contacts"), see("Tiago Lopes")),
    state("contacts, none", "/contacts", at("nina", "/contacts")),
    state("end a contact", "/contacts/end", at("ana", "{contact_end}")),
    state("messages", "/messages", at("ana", "/messages"), see("Luc Bernard")),
    state("messages with new ones", "/messages", at("tiago", "/messages"), see("1 new")),
    state("messages, none", "/messages", at("nina", "/messages")),
    state("conversation", "/messages/{name}", at("ana", "/messages/{luc}"), see("Bom dia")),
    state(
        "conversation in vain",
        "/messages/{name}",
        at("ana", "/messages/{luc}"),
        press("Send"),
        MEND,
    ),
)

NOTICES = (
    state("schools", "/schools", at("ana", "/schools"), see("Escola Básica de Aveiro")),
    state("schools of a country", "/schools", at("ana", "/schools?country=FR")),
    state("schools, none", "/schools", at("ana", "/schools?country=MT")),
    state("map", "/map", at("ana", "/map"), see("Portugal")),
    state("notices", "/notices", at("ana", "/notices"), see("My notices")),
    state("notices, none", "/notices", at("eleni", "/notices")),
    state("notices, none that fits", "/notices", at("ana", "/notices?purpose=mobility")),
    state("new notice", "/notices/new", at("nina", "/notices/new")),
    state("new notice, all fields", "/notices/new", at("nina", "/notices/new"), unfold(".more")),
    state(
        "new notice in vain", "/notices/new", at("nina", "/notices/new"), press("Put it up"), MEND
    ),
    state("own notice", "/notices/{name}", at("ana", "{notice}"), see("Take back")),
    state("notice of another", "/notices/{name}", at("nina", "{luc_notice}"), see("Answer")),
    state("notice for a visitor", "/notices/{name}", at("@vert", "{far_notice}"), see("Sign in")),
    state(
        "answer to a notice",
        "/people/{name}/contact",
        at("nina", "{luc_notice}"),
        follow("Answer"),
        see("A few words from you"),
    ),
    state("change a notice", "/notices/{name}/edit", at("ana", "{notice}/edit")),
    state(
        "change a notice in vain",
        "/notices/{name}/edit",
        at("ana", "{notice}/edit"),
        fill(title=""),
        press("Save"),
        MEND,
    ),
    state("take a notice back", "/notices/{name}/delete", at("ana", "{notice}/delete")),
)

PROJECTS = (
    state("projects", "/projects", at("ana", "/projects"), see("Bread of Europe")),
    state("projects, none of one's own", "/projects", at("nina", "/projects")),
    state("projects for a visitor", "/projects", at("", "/projects"), see("Two rivers")),
    state("projects of a new school", "/projects", at("@fresh", "/projects")),
    state("project", "/projects/{name}", at("ana", "{project}"), see("Two rivers")),
    state("project for a visitor", "/projects/{name}", at("", "{project}"), see("Two rivers")),
    state("project as a draft", "/projects/{name}", at("ana", "{draft}"), see("Draft")),
    state("project that waits for me", "/projects/{name}", at("luc", "{received}")),
    state("new project", "/projects/new", at("ana", "/projects/new")),
    state("new project, all fields", "/projects/new", at("ana", "/projects/new"), unfold(".more")),
    state(
        "new project in vain",
        "/projects/new",
        at("ana", "/projects/new"),
        press("Keep the draft"),
        MEND,
    ),
    state("change a project", "/projects/{name}/edit", at("ana", "{draft}/edit")),
    state(
        "change a project in vain",
        "/projects/{name}/edit",
        at("ana", "{draft}/edit"),
        fill(title=""),
        press("Save"),
        MEND,
    ),
    state("throw a draft away", "/projects/{name}/discard", at("ana", "{draft}/discard")),
    state("manage a draft", "/projects/{name}/manage", at("ana", "{draft}/manage")),
    state(
        "manage a draft in vain",
        "/projects/{name}/manage",
        at("ana", "{draft}/manage"),
        press("Offer the project"),
        MEND,
    ),
    state("manage while waiting", "/projects/{name}/manage", at("ana", "{offered}/manage")),
    state("manage an offer", "/projects/{name}/manage", at("luc", "{received}/manage")),
    state(
        "manage an offer, declining",
        "/projects/{name}/manage",
        at("luc", "{received}/manage"),
        unfold(".more"),
    ),
    state(
        "manage a running project",
        "/projects/{name}/manage",
        at("ana", "{project}/manage"),
        see("Schools in this project"),
    ),
    state("invite a school", "/projects/{name}/invite", at("ana", "{project}/invite")),
    state("decline an invitation", "/projects/{name}/refuse", at("ana", "{project}/refuse")),
    state("archive a space", "/projects/{name}/archive", at("ana", "{project}/archive")),
    state("close a project", "/projects/{name}/close", at("ana", "{project}/close")),
    state(
        "hand a project over",
        "/projects/{name}/hand-over",
        at("ana", "{project}/hand-over"),
        see("Colleague"),
    ),
    state(
        "hand a project over in vain",
        "/projects/{name}/hand-over",
        at("ana", "{project}/hand-over"),
        press("Hand it over"),
        MEND,
    ),
)

ADMINISTRATION = (
    state("staff", "/school/staff", at("rosa", "/school/staff"), see("Hugo Reis")),
    state("staff of a new school", "/school/staff", at("eleni", "/school/staff")),
    state(
        "staff, inviting in vain",
        "/school/staff",
        at("rosa", "/school/staff"),
        press("Make the invitation"),
        MEND,
    ),
    state("end an account", "/school/staff/{account}/end", at("rosa", "{account_end}")),
    state("administration", "/admin", at("rosa", "/admin"), see("Fingerprint")),
    state("administration of a new school", "/admin", at("eleni", "/admin")),
    state("administration for a teacher", "/admin", at("ana", "/admin"), see("not for you")),
    state("settings", "/admin/settings", at("rosa", "/admin/settings")),
    state(
        "settings in vain",
        "/admin/settings",
        at("rosa", "/admin/settings"),
        fill(name=""),
        press("Save"),
        MEND,
    ),
    state("partners", "/admin/partners", at("rosa", "/admin/partners"), see("Deux Rives")),
    state("partners, none", "/admin/partners", at("eleni", "/admin/partners")),
    state(
        "partners, nobody answers",
        "/admin/partners",
        at("rosa", "/admin/partners"),
        fill(address="http://127.0.0.9:9"),
        press("Look it up"),
        MEND,
    ),
    state("partner approved", "/admin/partners/{host}", at("rosa", "/admin/partners/{vert}")),
    state("partner to compare", "/admin/partners/{host}", at("rosa", "/admin/partners/{fresh}")),
    state(
        "partner not compared",
        "/admin/partners/{host}",
        at("rosa", "/admin/partners/{fresh}"),
        press("Approve this school"),
        MEND,
    ),
    state(
        "new key of a partner",
        "/admin/partners/{host}",
        at("rosa", "/admin/partners/{vert}"),
        unfold(".more"),
    ),
    state(
        "new key of a partner in vain",
        "/admin/partners/{host}",
        at("rosa", "/admin/partners/{vert}"),
        unfold(".more"),
        press("Take the new key"),
        MEND,
    ),
    state(
        "block a partner",
        "/admin/partners/{host}/block",
        at("rosa", "/admin/partners/{vert}/block"),
    ),
    state("mail, none", "/admin/mail", at("eleni", "/admin/mail"), see("No mail server is set")),
    state("mail server", "/admin/mail/server", at("eleni", "/admin/mail/server")),
    state(
        "mail server in vain",
        "/admin/mail/server",
        at("eleni", "/admin/mail"),
        press("Keep it and try it out"),
        MEND,
    ),
    state("backups", "/admin/backups", at("rosa", "/admin/backups"), see("last verified")),
    state("backups, none", "/admin/backups", at("eleni", "/admin/backups"), see("passphrase")),
    state("a new key", "/admin/key", at("rosa", "/admin/key")),
    state("reach", "/admin/reach", at("rosa", "/admin/reach")),
    state(
        "reach, asked",
        "/admin/reach",
        at("rosa", "/admin/reach"),
        press("Ask another server"),
        see("What was found"),
    ),
    state("deliveries", "/admin/deliveries", at("rosa", "/admin/deliveries"), see("attempt")),
    state("deliveries, none", "/admin/deliveries", at("eleni", "/admin/deliveries")),
    state("drop a delivery", "/admin/deliveries/{delivery}/drop", at("rosa", "{drop}")),
)

GERMAN = (
    state("front in German", "/", at("", "/"), language="de"),
    state("login in German", "/login", at("", "/login"), language="de"),
)

STATES = (
    *(
        *VISITORS,
        *HOME,
        *PEOPLE,
        *NOTICES,
        *PROJECTS,
        *SPACES,
        *LEDGER,
        *MATERIALS,
        *MODERATION,
        *WALLS,
        *PAGES,
        *CLASSES,
        *ENTRY,
        *SAFEGUARDING,
        *STAFF,
        *PRIVACY,
    ),
    *(*ADMINISTRATION, *HUBS, *GERMAN),
)
