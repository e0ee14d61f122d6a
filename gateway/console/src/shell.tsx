import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { isAdmin, me, signOut } from "./api/session";
import { connection } from "./live/socket";
import { unread } from "./state/inbox";
import { projects } from "./state/projects";
import { Avatar } from "./ui/avatar";
import { ConflictDialog } from "./ui/conflict-dialog";
import { Dialog } from "./ui/dialog";
import { Icon, type IconName } from "./ui/icon";
import { NewTask } from "./ui/new-task";
import { Palette } from "./ui/palette";
import { ShortcutHelp, useShortcuts } from "./ui/shortcuts";

interface Place {
  href: string;
  icon: IconName;
  text: string;
  /** Stands at the thumb on a telephone. */
  often?: boolean;
}

const PLACES: readonly Place[] = [
  { href: "/", icon: "home", text: "Dashboard", often: true },
  { href: "/inbox", icon: "bell", text: "Inbox", often: true },
  { href: "/tasks", icon: "list", text: "Tasks", often: true },
  { href: "/board", icon: "board", text: "Board", often: true },
  { href: "/projects", icon: "folder", text: "Projects" },
  { href: "/reports", icon: "chart", text: "Reports" },
  { href: "/settings", icon: "gear", text: "Settings" },
];

const ADMIN: Place = { href: "/admin", icon: "shield", text: "Administration" };
const PROJECTS = 8; // that stand beside every view

type Open = "task" | "palette" | "keys" | "menu" | null;

/** What surrounds every view: where one can go, whether the connection lives, and a way to write down a task. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path, route } = useLocation();
  const open = useSignal<Open>(null);
  const show = (what: Open) => (): void => void (open.value = what);
  const go = (href: string) => (): void => route(href);
  useEffect(() => {
    if (path.startsWith("/task-create")) open.value = "task";
  }, [path]);
  useShortcuts({
    c: show("task"),
    n: show("task"),
    "?": show("keys"),
    "mod k": show("palette"),
    "g d": go("/"),
    "g t": go("/tasks"),
    "g b": go("/board"),
    "g p": go("/projects"),
    "g r": go("/reports"),
    "g i": go("/inbox"),
  });
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>Taskwire</span>
        </a>
        <div class="begin">
          <button type="button" class="primary" onClick={show("task")} title="New task (c)">
            <Icon name="add" /> New task
          </button>
          <button type="button" class="find" onClick={show("palette")}>
            <Icon name="search" /> Go to <kbd>Ctrl K</kbd>
          </button>
        </div>
        <Places path={path} open={open} />
        <Self />
      </header>
      <Away />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Opened open={open} />
      <ConflictDialog />
    </div>
  );
}

function Opened({ open }: { open: Signal<Open> }) {
  const close = (): void => void (open.value = null);
  if (open.value === "task") return <NewTask onClose={close} />;
  if (open.value === "keys") return <ShortcutHelp onClose={close} />;
  if (open.value === "menu") return <Menu onClose={close} />;
  if (open.value !== "palette") return null;
  const next = (what: Open) => (): void => void setTimeout(() => void (open.value = what));
  return (
    <Palette
      onClose={close}
      commands={[
        { key: "new", icon: "add", text: "New task", note: "c", act: next("task") },
        { key: "keys", icon: "keyboard", text: "Keys", note: "?", act: next("keys") },
      ]}
    />
  );
}

const isIn = (path: string, project: number): boolean => new RegExp(`^/projects/${project}(/|$)`).test(path);

function isHere(path: string, href: string): boolean {
  // A project that stands in the list itself is what one is at.
  const listed = projects.value.slice(0, PROJECTS).some(({ id }) => isIn(path, id));
  return href === "/" ? path === "/" : path.startsWith(href) && !(href === "/projects" && listed);
}

function Places({ path, open }: { path: string; open: Signal<Open> }) {
  return (
    <nav aria-label="Main">
      {[...PLACES, ...(isAdmin.value ? [ADMIN] : [])].map((place) => (
        <PlaceLink key={place.href} place={place} path={path} />
      ))}
      {projects.value.length > 0 && (
        <>
          <h2>Projects</h2>
          {projects.value.slice(0, PROJECTS).map(({ id, key, name }) => (
            <a key={id} href={`/projects/${id}`} aria-current={isIn(path, id) ? "page" : undefined}>
              <span class="key">{key}</span>
              <span>{name}</span>
            </a>
          ))}
        </>
      )}
      <button type="button" class="thumb primary" aria-label="New task" onClick={() => void (open.value = "task")}>
        <Icon name="add" />
      </button>
      <button type="button" class="thumb" aria-label="Menu" onClick={() => void (open.value = "menu")}>
        <Icon name="menu" />
      </button>
    </nav>
  );
}

function PlaceLink({ place: { href, icon, text, often }, path }: { place: Place; path: string }) {
  const looks = [often && "often", (href === "/tasks" || href === "/board") && "late"].filter(Boolean).join(" ");
  return (
    <a href={href} class={looks || undefined} aria-current={isHere(path, href) ? "page" : undefined}>
      <Icon name={icon} />
      <span>{text}</span>
      {href === "/inbox" && unread.value > 0 && (
        <b class="badge">
          {unread.value > 99 ? "99+" : unread.value}
          <span class="unseen"> unread</span>
        </b>
      )}
    </a>
  );
}

/** On a telephone: everything that does not fit at the thumb. */
function Menu({ onClose }: { onClose: () => void }) {
  const rest = [...PLACES, ...(isAdmin.value ? [ADMIN] : [])].filter(({ often }) => !often);
  return (
    <Dialog title="Taskwire" onClose={onClose}>
      <ul class="rows">
        {rest.map(({ href, icon, text }) => (
          <li key={href}>
            <Icon name={icon} />
            <a class="title" href={href} onClick={onClose}>
              {text}
            </a>
          </li>
        ))}
        {projects.value.slice(0, PROJECTS).map(({ id, key, name }) => (
          <li key={id}>
            <span class="key">{key}</span>
            <a class="title" href={`/projects/${id}`} onClick={onClose}>
              {name}
            </a>
          </li>
        ))}
      </ul>
      <Self />
    </Dialog>
  );
}

function Self() {
  const self = me.value;
  if (self === null) return null;
  return (
    <span class="self">
      <Avatar id={self.id} />
      <span class="name">{self.full_name || self.username}</span>
      <button type="button" class="quiet square" aria-label="Sign out" title="Sign out" onClick={() => void signOut()}>
        <Icon name="signOut" />
      </button>
    </span>
  );
}

/** Says that live updates do not come at the moment; it takes no room that would push the page about. */
function Away() {
  return (
    <div class="away" role="status">
      {connection.value === "away" && "The connection is lost. What you miss meanwhile will be shown when it is back."}
    </div>
  );
}
