import { render } from "preact";
import { LocationProvider } from "preact-iso";
import { App } from "./app";
import { keepConnected } from "./live/socket";
import { keepCounting } from "./state/inbox";
import { keepPeople } from "./state/people";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/tasks.css";
import "./styles/task-page.css";
import "./styles/pages.css";
import "./styles/details.css";

keepConnected();
keepCounting();
keepPeople();

// What the gateway serves besides the console is left to the browser.
const OURS = /^\/(?!(?:api|docs|redoc|health|openapi\.json|asyncapi\.json)(?:\/|$))/;

render(
  <LocationProvider scope={OURS}>
    <App />
  </LocationProvider>,
  document.getElementById("app") as HTMLElement,
);
