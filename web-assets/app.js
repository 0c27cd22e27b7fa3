// What makes the pages quicker by hand. Everything works without it.

const find = (selector, inside = document) => inside.querySelector(selector);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

// Dialogs: a link with data-dialog gets its page's .dialog-content, shown in a <dialog>.
async function openDialog(link) {
  let content;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    content = answer.ok && find(".dialog-content", page);
  } catch { /* the page itself will say what is wrong */ }
  if (!content) { location.assign(link.href); return; }
  const dialog = document.createElement("dialog");
  dialog.className = `dialog ${link.dataset.dialog}`;
  const title = find("h1", content);
  if (title) { title.id = "dialog-title"; dialog.setAttribute("aria-labelledby", title.id); }
  dialog.append(content);
  document.body.append(dialog);
  // The event comes a moment after the closing: who has gone elsewhere meanwhile stays there.
  dialog.addEventListener("close", () => { dialog.remove(); if (document.activeElement === document.body && link.isConnected) link.focus(); });
  dialog.showModal();
  if (title) { title.tabIndex = -1; title.focus(); }
}

function showKeys() {
  const keys = find("#keys");
  if (keys && !find("dialog[open]")) keys.showModal();
}

function dismiss(toast) {
  toast.remove();
}

// The checkbox list of companies.
function narrow(box) {
  const wanted = box.value.trim().toLocaleLowerCase();
  for (const row of all(".pick-list li", box.closest("[data-pick]"))) {
    row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  }
}
function tick(button, on) {
  for (const row of all(".pick-list li:not([hidden])", button.closest("[data-pick]"))) find("input", row).checked = on;
}

// A long list to choose one from: what is typed before it shows those that match, until one is chosen.
const whole = new WeakMap();
function match(box) {
  const select = box.nextElementSibling;
  const wanted = box.value.trim().toLocaleLowerCase();
  const { value } = select;
  if (!whole.has(select)) whole.set(select, [...select.options]);
  const rows = whole.get(select).filter((option) => option.value === value || option.text.toLocaleLowerCase().includes(wanted));
  select.replaceChildren(...rows);
  select.value = value;
  if (wanted) select.size = Math.min(Math.max(rows.length, 2), 6); else select.removeAttribute("size");
}
function showWhole(box) {
  if (box.value) { box.value = ""; match(box); }
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  let hit;
  if (plain && (hit = at("a[data-dialog]"))) {
    event.preventDefault();
    openDialog(hit);
  } else if ((hit = at("[data-close]")) && hit.closest("dialog")) {
    event.preventDefault();
    hit.closest("dialog").close();
  } else if (event.target.matches("dialog") && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail) event.target.close();
  } else if ((hit = at("[data-dismiss]"))) {
    event.preventDefault();
    dismiss(hit.closest(".toast"));
  } else if ((hit = at("[data-reveal]"))) {
    const input = document.getElementById(hit.dataset.reveal);
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    hit.setAttribute("aria-pressed", String(shown));
  } else if ((hit = at("[data-pick-all]"))) {
    event.preventDefault();
    tick(hit, true);
  } else if ((hit = at("[data-pick-none]"))) {
    event.preventDefault();
    tick(hit, false);
  } else if (at("[data-keys]")) {
    showKeys();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-pick-filter]")) narrow(event.target);
  if (event.target.matches("[data-match]")) match(event.target);
});

// How many boxes of a name are ticked, those on other pages with them.
function count(note) {
  const ticked = all(`input[name="${note.dataset.count}"]:checked`, note.closest("form")).length;
  find("strong", note).textContent = ticked + Number(note.dataset.elsewhere);
  note.hidden = false;
}
document.addEventListener("change", () => all("[data-count]").forEach(count));

// Not when the focus leaves: what is being pressed would move away from under the pointer.
document.addEventListener("click", ({ target }) => {
  for (const box of all("[data-match]")) if (target !== box) showWhole(box);
});
document.addEventListener("keyup", ({ target }) => {
  for (const box of all("[data-match]")) if (target !== box && target !== box.nextElementSibling) showWhole(box);
});

// A password that was revealed is sent as a password, so that the browser offers to keep it.
document.addEventListener("submit", (event) => {
  for (const button of all("[data-reveal]", event.target)) document.getElementById(button.dataset.reveal).type = "password";
});

// Keys: / the search, ? this list, g u Users. Never while typing, never with a modifier.
let before = "";
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-pick-filter], [data-match]")) { event.preventDefault(); return; }
  const typing = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || find("dialog[open]")) return;
  const pair = before + event.key;
  before = event.key === "g" ? "g" : "";
  if (event.key === "/") {
    const search = find("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  } else if (event.key === "?") {
    event.preventDefault();
    showKeys();
  } else if (pair === "gu") {
    const link = all("#my-account a, #rail a").find((a) => /\/users$/.test(a.pathname));
    if (link) location.assign(link.href);
  }
});

for (const button of all("[data-reveal], [data-keys], [data-match]")) button.hidden = false;
for (const box of all("[data-pick-filter]")) if (box.value) narrow(box);
all("[data-count]").forEach(count);

const zone = find("input[data-zone]");
if (zone && !zone.value && zone.form.matches("[data-first]")) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (all("#zones option").some((option) => option.value === here)) zone.value = here;
}

// A list from a file stands in the field before it is sent, where it can be seen and corrected.
async function readInto(box) {
  const [file] = box.files;
  const [note] = all(".field-error", box.parentElement);
  note.hidden = !file || file.size <= 1000000;
  if (!file || !note.hidden) return;
  const bytes = await file.arrayBuffer();
  const [first, second] = new Uint8Array(bytes);
  const text = (name, fatal) => new TextDecoder(name, { fatal }).decode(bytes);
  const field = document.getElementById(box.dataset.into);
  // Spreadsheets write either of these.
  try { field.value = first === 0xff && second === 0xfe ? text("utf-16le") : text("utf-8", true); } catch { field.value = text("windows-1252"); }
}
for (const box of all("[data-into]")) {
  box.closest("[data-with-file]").hidden = false;
  box.addEventListener("change", () => readInto(box));
}

// A colour may be chosen by eye. The field beside it is what is sent.
for (const box of all("[data-colour-of]")) {
  const field = document.getElementById(box.dataset.colourOf);
  const show = () => {
    const [hex] = field.value.match(/[0-9a-f]{6}$/i) ?? [];
    if (hex) box.value = `#${hex.toLowerCase()}`;
  };
  field.addEventListener("input", show);
  box.addEventListener("input", () => { field.value = box.value; });
  box.hidden = false;
  show();
}

const summary = find(".error-summary");
if (summary) summary.focus();

const toast = find(".toast");
if (toast) {
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : dismiss(toast));
  setTimeout(leave, 10000);
}
