import { render } from "preact";
import { LocationProvider } from "preact-iso";
import { App } from "./app";
import { keepConnected } from "./live/socket";
import { keepCounting } from "./state/inbox";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";

keepConnected();
keepCounting();

render(
  <LocationProvider>
    <App />
  </LocationProvider>,
  document.getElementById("app") as HTMLElement,
);
