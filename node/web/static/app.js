// What htmx leaves to us: say what happened, put the focus where the next step is.
document.addEventListener("htmx:after:swap", () => {
  const summary = document.querySelector(".summary");
  const said = document.querySelector("main [data-told]");
  const status = document.getElementById("status");
  if (status && said) status.textContent = said.dataset.told;
  if (summary) summary.focus();
  else if (!document.activeElement || document.activeElement === document.body) {
    document.querySelector("main h1")?.focus({ preventScroll: true });
  }
});

// The menu closes with Escape and when one clicks elsewhere.
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

// After a page load with errors the summary is read first.
document.querySelector(".summary")?.focus();

// The set-up token stands behind # in the address: no server and no proxy has seen it there.
const setup = document.querySelector("form[data-token-from-address]");
if (setup && location.hash.length > 1) {
  setup.elements.token.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}

// What stays at a school that does not answer: say so where it would stand.
function tellAway(one) {
  const note = document.getElementById(one.dataset.away);
  if (!note) return;
  note.hidden = false;
  one.hidden = true;
}
document.addEventListener("error", (event) => event.target.dataset?.away && tellAway(event.target), true);
for (const one of document.querySelectorAll("img[data-away]")) {
  // It may have failed before this script was there.
  if (one.complete && one.currentSrc && !one.naturalWidth) tellAway(one);
}

// A pupil's card is an address with a secret behind #: it is sent once, in the body of a form.
// One that is scanned while this page stands open changes nothing but what is behind the #.
const card = document.querySelector("form[data-card-from-address]");
function sendCard() {
  if (location.hash.length < 2) return;
  card.elements.card.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  card.submit();
}
if (card) {
  sendCard();
  addEventListener("hashchange", sendCard);
}
