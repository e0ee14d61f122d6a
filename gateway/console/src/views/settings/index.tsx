import { lazy, Route, Router } from "preact-iso";
import { Pane } from "../../ui/pane";
import { Profile } from "./profile";
import { Security } from "./security";

const Tokens = lazy(() => import("./tokens").then((view) => view.Tokens));
const Preferences = lazy(() => import("./preferences").then((view) => view.Preferences));
const Webhooks = lazy(() => import("./webhooks").then((view) => view.Webhooks));
const Labels = lazy(() => import("../project/labels").then((view) => view.Labels));
const Calendar = lazy(() => import("./calendar").then((view) => view.Calendar));

const PLACES = [
  ["/settings", "Profile"],
  ["/settings/security", "Security"],
  ["/settings/tokens", "Access tokens"],
  ["/settings/notifications", "Notifications"],
  ["/settings/labels", "Labels"],
  ["/settings/webhooks", "Webhooks"],
  ["/settings/calendar", "Calendar"],
] as const;

export function Settings() {
  return (
    <Pane title="Settings" places={PLACES}>
      <Router>
        <Route path="/" component={Profile} />
        <Route path="/security" component={Security} />
        <Route path="/tokens" component={Tokens} />
        <Route path="/notifications" component={Preferences} />
        <Route path="/labels" component={() => <Labels project={null} runs />} />
        <Route path="/webhooks" component={Webhooks} />
        <Route path="/calendar" component={Calendar} />
      </Router>
    </Pane>
  );
}
