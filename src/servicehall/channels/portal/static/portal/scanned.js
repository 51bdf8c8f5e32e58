// What a kiosk's QR code leads to goes on by itself once somebody looks at it. Messengers that only look at the
// address, and pages opened in the background, take nothing.

const form = document.getElementById("claim");
let sent = false;

function go() {
  if (sent || document.visibilityState !== "visible") return;
  sent = true;
  form.requestSubmit();
}

document.addEventListener("visibilitychange", go);
go();
