// Signing with a passkey: asks the authenticator for an assertion over the page's challenge and posts its answer.
// Bytes travel as base64url without padding, as the JSON forms of WebAuthn Level 3 have them.

const TROUBLE = {
  NotAllowedError: "You stopped it, its time ran out, or this device holds none of your passkeys. Press the button to try again.",
  AbortError: "It was interrupted. Press the button to try again.",
  SecurityError: "This address may not use your passkeys. Open the portal at the address that they were made for.",
  InvalidStateError: "This device holds none of your passkeys. Use the device that does, or the other way to sign.",
  NotSupportedError: "This browser cannot use your passkeys. Use another, or the other way to sign.",
};

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function options(form) {
  const asked = JSON.parse(form.dataset.passkey);
  const allowed = asked.allowCredentials.map((each) => ({ ...each, id: bytes(each.id) }));
  return { ...asked, challenge: bytes(asked.challenge), allowCredentials: allowed };
}

function answer(credential) {
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

function tell(form, sentence) {
  const place = form.querySelector("[data-trouble]");
  place.querySelector("p").textContent = sentence;
  place.hidden = false;
  place.focus();
}

async function sign(form) {
  const button = form.querySelector("button");
  form.querySelector("[data-trouble]").hidden = true;
  button.disabled = true;
  try {
    const credential = await navigator.credentials.get({ publicKey: options(form) });
    form.elements.passkey.value = JSON.stringify(answer(credential));
    form.submit();
  } catch (error) {
    button.disabled = false;
    tell(form, TROUBLE[error.name] ?? `The passkey could not be used (${error.name}). Try again, or sign the other way.`);
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sign(form);
  });
  if (!window.PublicKeyCredential) {
    form.querySelector("button").disabled = true;
    tell(form, "This browser has no passkeys. Use another browser, or sign the other way.");
  } else if (location.origin !== form.dataset.origin) {
    tell(form, `Passkeys work at ${form.dataset.origin} only. Open the portal there to sign with yours.`);
  }
}
