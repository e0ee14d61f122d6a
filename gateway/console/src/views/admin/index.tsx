import { lazy, Route, Router } from "preact-iso";
import { isAdmin } from "../../api/session";
import { Pane } from "../../ui/pane";
import { Missing } from "../missing";
import { Users } from "./users";

const Audit = lazy(() => import("./audit").then((view) => view.Audit));
const Invitations = lazy(() => import("./invitations").then((view) => view.Invitations));
const Templates = lazy(() => import("./templates").then((view) => view.Templates));
const DeadLetters = lazy(() => import("./dead-letters").then((view) => view.DeadLetters));
const System = lazy(() => import("./system").then((view) => view.System));

const PLACES = [
  ["/admin", "People"],
  ["/admin/invitations", "Invitations"],
  ["/admin/audit", "Audit"],
  ["/admin/templates", "Mails"],
  ["/admin/dead-letters", "Dead letters"],
  ["/admin/system", "System"],
] as const;

export function Admin() {
  if (!isAdmin.value) return <Missing />;
  return (
    <Pane title="Administration" places={PLACES}>
      <Router>
        <Route path="/" component={Users} />
        <Route path="/invitations" component={Invitations} />
        <Route path="/audit" component={Audit} />
        <Route path="/templates" component={Templates} />
        <Route path="/dead-letters" component={DeadLetters} />
        <Route path="/system" component={System} />
      </Router>
    </Pane>
  );
}
