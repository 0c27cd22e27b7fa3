// Copies what is shown this once, as a key or codes. Without it a click selects the whole of it.

function select(shown) {
  if (shown.select) { shown.select(); return; }
  const range = document.createRange();
  range.selectNodeContents(shown);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(button) {
  const shown = document.getElementById(button.dataset.copy);
  const note = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(shown.value ?? shown.textContent.trim());
    note.textContent = button.dataset.copied;
  } catch {
    // Browsers give the clipboard to pages by HTTPS alone, or refuse it.
    select(shown);
    note.textContent = button.dataset.selected;
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
