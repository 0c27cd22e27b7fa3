// Asks for a passkey when somebody presses the button for it: a new one, or one to sign in with. All else is done by the forms.

const form = document.querySelector("form[data-passkey]");
const isAble = "PublicKeyCredential" in window && "credentials" in navigator;

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const listed = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

// Tells what stands in the way, or nothing.
function tell(what) {
  for (const note of form.querySelectorAll("[data-passkey-note]")) note.hidden = note.dataset.passkeyNote !== what;
}

async function make(asked) {
  const { user, challenge, excludeCredentials, ...rest } = asked;
  const made = await navigator.credentials.create({
    publicKey: {
      ...rest,
      user: { ...user, id: toBytes(user.id) },
      challenge: toBytes(challenge),
      excludeCredentials: listed(excludeCredentials),
    },
  });
  return answer(made, {
    attestationObject: toText(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function sign(asked) {
  const { challenge, allowCredentials, ...rest } = asked;
  const signed = await navigator.credentials.get({
    publicKey: { ...rest, challenge: toBytes(challenge), allowCredentials: listed(allowCredentials) },
  });
  const { authenticatorData, signature, userHandle } = signed.response;
  return answer(signed, {
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle?.byteLength ? toText(userHandle) : null,
  });
}

function answer({ id, rawId, type, response }, more) {
  return JSON.stringify({ id, rawId: toText(rawId), type, response: { clientDataJSON: toText(response.clientDataJSON), ...more } });
}

// What is asked stands in the page, or the server is asked for it, which sets a cookie besides.
async function question() {
  if (form.dataset.passkeyOptions) return JSON.parse(form.dataset.passkeyOptions).publicKey;
  const response = await fetch(form.dataset.passkeyBegin, { method: "POST" });
  if (response.status === 410) location.reload();
  if (!response.ok) throw new DOMException("", response.status === 429 ? "TooOften" : "NotAsked");
  return (await response.json()).publicKey;
}

const SAID = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "exists", TooOften: "often" };

async function ask() {
  tell("");
  try {
    const asked = await question();
    form.elements.credential.value = await (form.dataset.passkey === "create" ? make(asked) : sign(asked));
  } catch (error) {
    tell(SAID[error.name] ?? "failed");
    return;
  }
  form.submit();
}

if (form && isAble) {
  form.hidden = false;
  for (const note of document.querySelectorAll("[data-passkey-needs]")) note.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    await ask();
    button.disabled = false;
  });
}
