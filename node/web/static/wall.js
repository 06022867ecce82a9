// Cards are dragged: the buttons on each do the same without scripts.
const wall = document.getElementById("wall");
let dragged = null;

wall?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-card]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.card);
  dragged.classList.add("dragged");
});

wall?.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
});

// The column under the pointer, and the card before which the dragged one would stand.
function place(event) {
  const column = event.target.closest("section")?.querySelector("[data-column]");
  if (!column) return null;
  const cards = [...column.querySelectorAll("[data-card]")].filter((one) => one !== dragged);
  const before = cards.find((one) => {
    const box = one.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  return { column, before };
}

wall?.addEventListener("dragover", (event) => {
  if (dragged && place(event)) event.preventDefault();
});

wall?.addEventListener("drop", async (event) => {
  const to = dragged && place(event);
  if (!to) return;
  event.preventDefault();
  const card = dragged;
  to.column.insertBefore(card, to.before ?? null);
  const body = new URLSearchParams({
    column: to.column.dataset.column,
    before: to.before?.dataset.card ?? "",
  });
  try {
    const answer = await fetch(card.dataset.move, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    // The page that came back says where everything stands now.
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("wall");
    if (fresh) wall.replaceChildren(...fresh.children);
  } catch {
    location.reload();
  }
});
