// Says in a sentence why no passkey was added; allauth's own script only writes to the console.

const TROUBLE = {
  InvalidStateError: "This device holds a passkey of yours already. Use that one, or another device.",
  NotAllowedError: "You stopped it, or its time ran out. Press the button to try again.",
  NotSupportedError: "This device cannot keep the kind of key that is needed. Use another device.",
  SecurityError: "This address may not make passkeys. Open the portal at its public address.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const name = event.detail.exception.name;
  const place = document.querySelector("[data-trouble]");
  place.querySelector("p").textContent = TROUBLE[name] ?? `The passkey could not be made (${name}). Try again.`;
  place.hidden = false;
  place.focus();
});
