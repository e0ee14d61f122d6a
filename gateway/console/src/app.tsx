import { ErrorBoundary, lazy, Route, Router } from "preact-iso";
import { me } from "./api/session";
import { Shell } from "./shell";
import { Toasts } from "./ui/toasts";
import { ConfirmEmail, Forgot, ResetPassword } from "./views/passwords";
import { Register } from "./views/register";
import { SignIn } from "./views/sign-in";

const Dashboard = lazy(() => import("./views/dashboard").then((view) => view.Dashboard));
const TaskList = lazy(() => import("./views/tasks").then((view) => view.TaskList));
const Board = lazy(() => import("./views/board").then((view) => view.Board));
const TaskPage = lazy(() => import("./views/task").then((view) => view.TaskPage));
const Inbox = lazy(() => import("./views/inbox").then((view) => view.Inbox));
const Projects = lazy(() => import("./views/projects").then((view) => view.Projects));
const ProjectPage = lazy(() => import("./views/project").then((view) => view.ProjectPage));
const Reports = lazy(() => import("./views/reports").then((view) => view.Reports));
const Settings = lazy(() => import("./views/settings").then((view) => view.Settings));
const Admin = lazy(() => import("./views/admin").then((view) => view.Admin));
const Missing = lazy(() => import("./views/missing").then((view) => view.Missing));

export function App() {
  return (
    <ErrorBoundary>
      {me.value === null ? <Outside /> : <Inside />}
      <Toasts />
    </ErrorBoundary>
  );
}

/** For those who are not signed in; whatever address they came for opens once they are. */
function Outside() {
  return (
    <Router>
      <Route path="/register" component={Register} />
      <Route path="/forgot" component={Forgot} />
      <Route path="/reset-password" component={ResetPassword} />
      <Route path="/confirm-email" component={ConfirmEmail} />
      <Route default component={SignIn} />
    </Router>
  );
}

function Inside() {
  return (
    <Shell>
      <Router>
        <Route path="/" component={Dashboard} />
        <Route path="/sign-in" component={Dashboard} />
        <Route path="/signed-in" component={Dashboard} />
        <Route path="/register" component={Dashboard} />
        <Route path="/confirm-email" component={ConfirmEmail} />
        <Route path="/reset-password" component={ResetPassword} />
        <Route path="/tasks" component={TaskList} />
        <Route path="/tasks/:id" component={TaskPage} />
        <Route path="/board" component={Board} />
        <Route path="/projects" component={Projects} />
        <Route path="/projects/:id" component={ProjectPage} />
        <Route path="/projects/:id/settings" component={ProjectPage} />
        <Route path="/reports" component={Reports} />
        <Route path="/inbox" component={Inbox} />
        <Route path="/settings/*" component={Settings} />
        <Route path="/settings" component={Settings} />
        <Route path="/admin/*" component={Admin} />
        <Route path="/admin" component={Admin} />
        {/* The addresses that older systems had for their pages. */}
        <Route path="/query" component={TaskList} />
        <Route path="/update" component={TaskList} />
        <Route path="/task-create" component={TaskList} />
        <Route default component={Missing} />
      </Router>
    </Shell>
  );
}
