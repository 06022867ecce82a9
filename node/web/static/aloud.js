// Reads a page for pupils, piece by piece, each in its language, with voices that speak on this device alone: some browsers
// have others, which send the words to their makers. Without a voice here there is no button.
const place = document.querySelector(".aloud");
const button = place?.querySelector("button");
const speech = window.speechSynthesis;
const told_by = "h1, h2, h3, p, li, dt, dd, label, legend, summary, figcaption, th, td, a.card, a.button, button, .said";

function voice_for(language) {
  const spoken = language.split("-")[0].toLowerCase();
  return speech.getVoices().find((one) => one.localService === true && one.lang.split(/[-_]/)[0].toLowerCase() === spoken);
}

function pieces() {
  const told = [];
  for (const one of document.querySelectorAll(`main :is(${told_by})`)) {
    const words = one.querySelector(`:is(${told_by})`) ? "" : one.innerText.trim();
    const voice = words && !one.closest(".aloud, [hidden]") && voice_for(one.closest("[lang]").lang);
    if (voice) told.push([words, voice]);
  }
  return told;
}

function say() {
  const told = pieces();
  told.forEach(([words, voice], at) => {
    const one = new SpeechSynthesisUtterance(words);
    one.voice = voice;
    one.lang = voice.lang;
    if (at === told.length - 1) one.onend = () => button.setAttribute("aria-pressed", "false");
    speech.speak(one);
  });
  return told.length > 0;
}

function offer() {
  place.hidden = !voice_for(document.documentElement.lang);
}

if (button && speech) {
  offer();
  // Some browsers know their voices only after a while.
  speech.addEventListener?.("voiceschanged", offer);
  button.addEventListener("click", () => {
    const speaks = button.getAttribute("aria-pressed") === "true";
    speech.cancel();
    button.setAttribute("aria-pressed", String(!speaks && say()));
  });
  // A voice goes on over the end of a page, unless it is told to stop.
  addEventListener("pagehide", () => speech.cancel());
}
