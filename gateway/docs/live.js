// Describes /asyncapi.json, and listens to the WebSocket for whoever signs in here. Nothing is kept: closing the page
// forgets the token.
"use strict";

const FRAMES_SHOWN = 200;
let socket = null;

const byId = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// ---- the description

async function describe() {
  const document_ = await (await fetch("/asyncapi.json")).json();
  const { live, stream, webhook, ...channels } = document_.channels;
  const schemas = document_.components.schemas;
  for (const operation of Object.values(document_.operations)) {
    if (operation.channel.$ref !== "#/channels/live") continue;
    for (const { $ref } of operation.messages) {
      const message = live.messages[$ref.split("/").at(-1)];
      byId("frame-list").append(described(message, schemas, operation.action === "send" ? "from the server" : "from you"));
    }
  }
  for (const channel of Object.values(channels)) {
    for (const message of Object.values(channel.messages)) byId("event-list").append(described(message, schemas, channel.address));
  }
}

function described(message, schemas, note) {
  const schema = resolved(message.payload, schemas);
  const constant = schema.properties?.type?.const ?? message.name;
  const summary = element("summary", {}, element("code", { textContent: constant }), ` ${note} `, element("small", {}, ...withCode(message.summary)));
  const parts = [summary, element("div", { className: "wide" }, fieldsOf(schema, schemas))];
  for (const example of message.examples ?? []) {
    parts.push(element("pre", { textContent: JSON.stringify(example.payload ?? example, null, 2) }));
  }
  return element("details", {}, ...parts);
}

/** Words between backticks are code. */
function withCode(text) {
  return text.split("`").map((part, number) => (number % 2 === 1 ? element("code", { textContent: part }) : part));
}

function fieldsOf(schema, schemas) {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, element("code", { textContent: name })),
      element("td", { textContent: typeOf(field, schemas) }),
      element("td", {}, ...withCode(field.description ?? "")),
    ),
  );
  return element("table", {}, element("tbody", {}, ...rows));
}

const resolved = (schema, schemas) => (schema.$ref ? schemas[schema.$ref.split("/").at(-1)] : schema);

function typeOf(field, schemas) {
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (field.enum) return field.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (field.anyOf) return field.anyOf.map((one) => typeOf(one, schemas)).join(" | ");
  if (field.$ref) return nested(field, schemas);
  if (field.type === "array") return `[${typeOf(field.items ?? {}, schemas)}]`;
  return field.format ?? field.type ?? "any";
}

function nested(field, schemas) {
  const schema = resolved(field, schemas);
  if (schema.enum) return typeOf(schema, schemas);
  return `{ ${Object.keys(schema.properties ?? {}).join(", ")} }`;
}

// ---- the connection

async function connect(event) {
  event.preventDefault();
  const { cursor, otp, ...credentials } = Object.fromEntries(new FormData(event.currentTarget));
  say("Signing in ...");
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
  open_(body.access_token, cursor);
}

function open_(token, cursor) {
  disconnect();
  const opened = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/tasks/`);
  socket = opened;
  byId("disconnect").disabled = false;
  say("Connecting ...");
  opened.onopen = () => {
    const hello = cursor === "" ? { type: "auth", token } : { type: "auth", token, cursor };
    opened.send(JSON.stringify(hello));
    log({ ...hello, token: "..." }, true);
  };
  opened.onmessage = (message) => {
    const frame = JSON.parse(message.data);
    if (frame.type === "ready") say("Connected. Change a task somewhere, and see it here.");
    if (frame.cursor) byId("connect").elements.cursor.value = frame.cursor;
    log(frame, false);
  };
  opened.onclose = (closed) => {
    if (socket !== opened) return;
    socket = null;
    byId("disconnect").disabled = true;
    say(`Closed with ${closed.code}${closed.reason ? `: ${closed.reason}` : ""}.`);
  };
}

function disconnect() {
  socket?.close(1000);
}

function log(frame, sent) {
  const list = byId("log");
  list.prepend(element("li", { className: sent ? "sent" : "" }, element("pre", { textContent: JSON.stringify(frame, null, 2) })));
  while (list.children.length > FRAMES_SHOWN) list.lastChild.remove();
}

function say(text) {
  byId("state").textContent = text;
}

byId("connect").addEventListener("submit", connect);
byId("disconnect").addEventListener("click", disconnect);
describe();
