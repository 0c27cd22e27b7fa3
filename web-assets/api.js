// The API's reading page: tries an operation with the key that was typed, and shows what comes back.

const key = document.getElementById("key");
for (const part of document.querySelectorAll("[data-try]")) part.hidden = false;

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-method]");
  if (!form) return;
  event.preventDefault();
  const shown = form.querySelector("[role=status]");
  shown.hidden = false;
  if (!key.value.trim()) {
    shown.textContent = form.dataset.noKey;
    key.focus();
    return;
  }
  if (form.dataset.method === "DELETE" && !confirm(form.dataset.sure)) return;
  const query = new URLSearchParams();
  let path = form.dataset.path;
  let body;
  for (const input of form.querySelectorAll("[data-in]")) {
    const value = input.value.trim();
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    else if (input.dataset.in === "body") body = value;
    else if (value) query.set(input.name, value);
  }
  shown.textContent = "…";
  const headers = { Authorization: `Token token=${key.value.trim()}` };
  if (body) headers["Content-Type"] = "application/json";
  const address = query.size ? `${path}?${query}` : path;
  try {
    const answer = await fetch(address, { method: form.dataset.method, headers, body, credentials: "omit" });
    const text = await answer.text();
    let told = text;
    try { told = JSON.stringify(JSON.parse(text), null, 2); } catch { /* What is no JSON is shown as it is. */ }
    shown.textContent = `${form.dataset.method} ${address}\n${answer.status} ${answer.statusText}\n${told}`;
  } catch (error) {
    shown.textContent = String(error);
  }
});
