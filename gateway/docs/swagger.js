"use strict";

const EARLY = 30_000; // milliseconds; a token that ends so soon is not worth beginning with
const dark = matchMedia("(prefers-color-scheme: dark)");
const turn = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
turn();
dark.addEventListener("change", turn);

const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "none",
  filter: true,
  operationsSorter: null,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  tryItOutEnabled: true,
  validatorUrl: null,
  onComplete: asInTheConsole,
});

function say(text) {
  document.getElementById("signed-in").textContent = text;
}

/** Who is signed in in the console is so here, for as long as the token lasts. */
function asInTheConsole() {
  const kept = JSON.parse(localStorage.getItem("taskwire.session") ?? "null");
  if (kept === null || kept.expires - EARLY < Date.now()) return;
  ui.preauthorizeApiKey("bearer", kept.access);
  say(`You are ${kept.user.username}, as in the console: every request below is signed.`);
}

async function signIn(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const { otp, ...credentials } = Object.fromEntries(new FormData(form));
  const answer = await fetch("/api/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(otp === "" ? credentials : { ...credentials, otp }),
  });
  const body = await answer.json();
  if (!answer.ok) {
    say(body.detail);
    return;
  }
  ui.preauthorizeApiKey("bearer", body.access_token);
  form.reset();
  say(`You are ${body.user.username}: every request below is signed, for ${Math.round(body.expires_in / 60)} minutes.`);
}

document.getElementById("sign-in").addEventListener("submit", signIn);
