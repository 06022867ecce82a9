// The queue by keyboard: j and k go from piece to piece, x ticks, Enter opens; all of it works without.
const pieces = [...document.querySelectorAll("article.post")];
for (const one of pieces) one.tabIndex = -1;

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, a, button, summary");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = pieces.findIndex((one) => one.contains(document.activeElement));
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    pieces[Math.min(Math.max(here + step, 0), pieces.length - 1)]?.focus();
  } else if (event.key === "x" && here >= 0) {
    pieces[here].querySelector("input[type=checkbox]")?.click();
  } else if (event.key === "Enter" && document.activeElement === pieces[here]) {
    pieces[here].querySelector("a.button")?.click();
  }
});
