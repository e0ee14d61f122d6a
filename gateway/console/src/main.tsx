import { render } from "preact";
import { LocationProvider } from "preact-iso";
import { App } from "./app";
import { keepConnected } from "./live/socket";
import { keepCounting } from "./state/inbox";
import { keepLabels } from "./state/labels";
import { keepPeople } from "./state/people";
import { keepProjects } from "./state/projects";
import "./state/scheme";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/notices.css";
import "./styles/parts.css";
import "./styles/marks.css";
import "./styles/tasks.css";
import "./styles/board.css";
import "./styles/task-page.css";
import "./styles/talk.css";
import "./styles/pages.css";
import "./styles/overview.css";
import "./styles/prose.css";
import "./styles/charts.css";

keepConnected();
keepCounting();
keepPeople();
keepProjects();
keepLabels();

// What the gateway serves besides the console is left to the browser.
const OURS = /^\/(?!(?:api|docs|redoc|health|openapi\.json|asyncapi\.json)(?:\/|$))/;

render(
  <LocationProvider scope={OURS}>
    <App />
  </LocationProvider>,
  document.getElementById("app") as HTMLElement,
);
