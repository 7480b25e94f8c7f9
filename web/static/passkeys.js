// Passkeys: asks the browser for one, and sends what it answers with the page's own form. Pages
// show the form only where this runs and the browser knows passkeys; else they say what to do.
const form = document.querySelector("form[data-passkey]");
const known = window.PublicKeyCredential;

function say(what) {
  for (const each of document.querySelectorAll("[data-passkey-says]")) {
    each.hidden = each.dataset.passkeySays !== what;
  }
}

async function asked() {
  const answer = await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form) });
  if (!answer.ok) throw new Error(answer.status);
  const options = await answer.json();
  if (form.dataset.passkeyDo === "add") {
    const publicKey = known.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = known.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

if (form && known?.parseCreationOptionsFromJSON && known.parseRequestOptionsFromJSON) {
  form.hidden = false;
  say("");
  form.addEventListener("submit", async (event) => {
    const label = form.elements.namedItem("label");
    if (label && !label.value.trim()) return; // the page that answers says what is missing
    event.preventDefault();
    say("");
    try {
      const found = await asked();
      form.elements.namedItem("credential").value = JSON.stringify(found.toJSON());
      form.submit();
    } catch (error) {
      const says = { NotAllowedError: "stopped", InvalidStateError: "there" };
      say(says[error.name] || "failed");
    }
  });
}
