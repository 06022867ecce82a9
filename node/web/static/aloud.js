// Reads a page for pupils with the browser's own voice, piece by piece, each in its language. Nothing is sent anywhere.
const place = document.querySelector(".aloud");
const button = place?.querySelector("button");
const voice = window.speechSynthesis;

function pieces() {
  const told = [];
  const told_by = "h1, h2, h3, p, li, dt, dd, label, legend, summary, figcaption, th, td, a.card, a.button, button, .said";
  for (const one of document.querySelectorAll(`main :is(${told_by})`)) {
    const inner = one.querySelector(`:is(${told_by})`);
    const words = inner ? "" : one.innerText.trim();
    if (words && !one.closest(".aloud, [hidden]")) told.push([words, one.closest("[lang]").lang]);
  }
  return told;
}

function say() {
  for (const [words, language] of pieces()) {
    const one = new SpeechSynthesisUtterance(words);
    one.lang = language;
    voice.speak(one);
  }
  const end = new SpeechSynthesisUtterance("");
  end.onend = () => button.setAttribute("aria-pressed", "false");
  voice.speak(end);
}

if (button && voice) {
  place.hidden = false;
  button.addEventListener("click", () => {
    const speaks = button.getAttribute("aria-pressed") === "true";
    voice.cancel();
    button.setAttribute("aria-pressed", String(!speaks));
    if (!speaks) say();
  });
  // A voice goes on over the end of a page, unless it is told to stop.
  addEventListener("pagehide", () => voice.cancel());
}
