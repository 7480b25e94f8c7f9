// The pages on which a session is credited, made quicker; both work without this file.
// The people: arrow keys move between the ticks. The table: Enter and the arrow keys move between
// the cells, totals follow what is typed, how somebody took part fills in the usual time, and what
// is typed is kept as a draft now and then.

const KEEP_EVERY = 15000;

function focusOn(box) {
  if (!box) return false;
  box.focus();
  if (box.type === "text") box.select();
  return true;
}

// --- who came: a list of ticks ---------------------------------------------------------------

function listOfTicks(list) {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    focusOn(boxes[boxes.indexOf(event.target) + step]);
  });
}

// --- for how long: the table -----------------------------------------------------------------

// The same lengths of time that web/cells.py reads; null where it would ask.
export function minutesOf(text) {
  const typed = text.trim();
  if (typed === "" || /^0+$/.test(typed)) return 0;
  let found = /^(\d{1,4}):([0-5]\d)$/.exec(typed);
  if (found) return Number(found[1]) * 60 + Number(found[2]);
  found = /^(\d{1,6})\s*m(?:in(?:ute)?s?)?\.?$/i.exec(typed);
  if (found) return Number(found[1]);
  found = /^(\d{1,4})\s*h(?:(?:ou)?rs?)?\.?(?:\s*(\d{1,2})\s*(?:m(?:in(?:ute)?s?)?\.?)?)?$/i.exec(typed);
  return found ? Number(found[1]) * 60 + Number(found[2] || 0) : null;
}

function table(grid) {
  const form = grid.closest("form");
  const words = JSON.parse(grid.dataset.words);
  const usual = JSON.parse(grid.dataset.offered);
  const rows = [...grid.querySelectorAll("[data-row]")].map((row) => ({
    row,
    boxes: [...row.querySelectorAll("input:not([type=hidden]), select")],
    parts: [...row.querySelectorAll("input[type=text]")].filter((box) => partOf(box) in usual.took_part),
    usual: row.dataset.offered ? JSON.parse(row.dataset.offered) : usual,
    offered: row.querySelector("input[name$=-offered]"),
    total: row.querySelector("[data-total]"),
  }));

  function partOf(box) {
    return box.name.split("-")[2];
  }

  function inWords(minutes) {
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    const said = [];
    if (hours) said.push((hours === 1 ? words.hour : words.hours).replace("{n}", hours));
    if (rest || !hours) said.push((rest === 1 ? words.minute : words.minutes).replace("{n}", rest));
    return said.join(" ");
  }

  function total({ parts, total: shown }) {
    const found = parts.map((box) => minutesOf(box.value));
    const whole = found.includes(null) ? null : found.reduce((sum, each) => sum + each, 0);
    shown.textContent = whole === null ? words.unclear : inWords(whole);
    return whole || 0;
  }

  function totals() {
    const sum = rows.map(total).reduce((all, each) => all + each, 0);
    grid.querySelector("[data-together]").textContent = inWords(sum);
  }

  // Cells that nobody changed by hand follow how somebody took part.
  function offer({ parts, usual: offers, offered }, involvement) {
    const before = offers[offered.value] || {};
    for (const box of parts) {
      const part = partOf(box);
      if (box.value.trim() === (before[part] || "")) box.value = offers[involvement][part] || "";
    }
    offered.value = involvement;
  }

  function to(index, column) {
    return rows[index] ? focusOn(rows[index].boxes[column]) : false;
  }

  // Whether an arrow key would leave the box: the caret is at its end, or all of it is chosen.
  function atEdge(box, key) {
    if (box.type !== "text") return true;
    const { selectionStart: start, selectionEnd: end, value } = box;
    if (start === 0 && end === value.length) return true;
    return key === "ArrowLeft" ? end === 0 : start === value.length;
  }

  function pressed(event) {
    const box = event.target;
    const index = rows.findIndex(({ boxes }) => boxes.includes(box));
    if (index < 0 || event.altKey || event.isComposing) return;
    const column = rows[index].boxes.indexOf(box);
    let went = false;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value=check]"));
      return;
    } else if (event.key === "Enter") {
      went = to(index + (event.shiftKey ? -1 : 1), column)
        || (!event.shiftKey && focusOn(form.querySelector(".govuk-button[value=check]")));
      event.preventDefault();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      // A list keeps these keys for its own choices.
      if (box.tagName !== "SELECT") went = to(index + (event.key === "ArrowDown" ? 1 : -1), column);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const beside = rows[index].boxes[column + (event.key === "ArrowRight" ? 1 : -1)];
      if (atEdge(box, event.key)) went = focusOn(beside);
    }
    if (went) event.preventDefault();
  }

  // --- drafts --------------------------------------------------------------------------------

  let changed = false;
  let leaving = false;

  async function keep() {
    if (!changed || leaving) return;
    changed = false;
    try {
      const answer = await fetch(grid.dataset.save, { method: "POST", body: new FormData(form) });
      if (answer.ok) form.querySelector("[data-kept]").textContent = (await answer.json()).said;
      else changed = true;
    } catch {
      changed = true; // the network is away: the next round tries again
    }
  }

  grid.addEventListener("keydown", pressed);
  grid.addEventListener("change", (event) => {
    if (event.target.name.endsWith("-involvement")) {
      offer(rows.find(({ boxes }) => boxes.includes(event.target)), event.target.value);
      totals();
    }
  });
  form.addEventListener("input", () => {
    changed = true;
    totals();
  });
  form.addEventListener("submit", () => { leaving = true; });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  setInterval(keep, KEEP_EVERY);
  form.querySelectorAll("[data-without-script]").forEach((each) => { each.hidden = true; });
  document.querySelectorAll("[data-with-script]").forEach((each) => { each.hidden = false; });
  totals();
}

document.querySelectorAll("[data-boxes]").forEach(listOfTicks);
document.querySelectorAll("[data-grid]").forEach(table);
