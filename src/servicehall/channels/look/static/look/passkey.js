// Passkeys (WebAuthn) in forms, by attributes. A button with
//   data-passkey-use="<options>"  or  data-passkey-use-from="<address>"  signs a challenge,
//   data-passkey-add="<options>"  makes a new passkey;
// the answer goes into the form's hidden field data-passkey-field, then the form is sent (to
// data-passkey-to, where the form itself is for something else). What the person did not do is said by the form's [data-passkey-problem].

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withIds = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** What the server asked, as the browser wants it. */
function asked({ publicKey }) {
  const found = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) found.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) found.excludeCredentials = withIds(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) found.allowCredentials = withIds(publicKey.allowCredentials);
  return { publicKey: found };
}

/** What the device answered, as the server wants it. */
function answered(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function act(button) {
  const { passkeyUse, passkeyUseFrom, passkeyAdd, passkeyField, passkeyTo } = button.dataset;
  const form = button.form ?? button.closest("form");
  const problem = form.querySelector("[data-passkey-problem]");
  if (problem) problem.hidden = true;
  button.disabled = true;
  try {
    const options = passkeyUseFrom
      ? await (await fetch(passkeyUseFrom, { headers: { Accept: "application/json" } })).json()
      : JSON.parse(passkeyUse ?? passkeyAdd);
    const made = passkeyAdd
      ? await navigator.credentials.create(asked(options))
      : await navigator.credentials.get(asked(options));
    form.elements[passkeyField].value = JSON.stringify(answered(made));
    if (passkeyTo) form.action = passkeyTo;
    form.requestSubmit();
  } catch (error) {
    // Cancelled, timed out, or a device that is none: all the same to whoever sits here.
    console.info("passkey", error.name);
    if (problem) problem.hidden = false;
  } finally {
    button.disabled = false;
  }
}

const BUTTONS = "[data-passkey-use], [data-passkey-use-from], [data-passkey-add]";
document.addEventListener("click", (event) => {
  const button = event.target.closest(BUTTONS);
  if (!button) return;
  event.preventDefault();
  act(button);
});

if (!window.PublicKeyCredential) {
  for (const button of document.querySelectorAll(BUTTONS)) button.hidden = true;
}
