import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { isAdmin, me, signOut } from "./api/session";
import { connection } from "./live/socket";
import { unread } from "./state/inbox";
import { Avatar } from "./ui/avatar";
import { ConflictDialog } from "./ui/conflict-dialog";
import { Icon, type IconName } from "./ui/icon";
import { NewTask } from "./ui/new-task";

const PLACES: readonly { href: string; icon: IconName; text: string }[] = [
  { href: "/", icon: "home", text: "Dashboard" },
  { href: "/tasks", icon: "list", text: "Tasks" },
  { href: "/board", icon: "board", text: "Board" },
  { href: "/projects", icon: "folder", text: "Projects" },
  { href: "/inbox", icon: "bell", text: "Inbox" },
  { href: "/settings", icon: "gear", text: "Settings" },
];

const ADMIN: typeof PLACES = [{ href: "/admin", icon: "shield", text: "Administration" }];

/** What surrounds every view: where one can go, whether the connection lives, and a way to write down a task. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const writing = useSignal(path.startsWith("/task-create"));
  useShortcut("c", () => void (writing.value = true));
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
        <nav aria-label="Main">
          {[...PLACES, ...(isAdmin.value ? ADMIN : [])].map(({ href, icon, text }) => (
            <a key={href} href={href} aria-current={isHere(path, href) ? "page" : undefined}>
              <Icon name={icon} />
              <span>{text}</span>
              {href === "/inbox" && unread.value > 0 && (
                <b class="badge">
                  {unread.value > 99 ? "99+" : unread.value}
                  <span class="unseen"> unread</span>
                </b>
              )}
            </a>
          ))}
        </nav>
        <div class="person">
          <button type="button" class="primary" onClick={() => void (writing.value = true)} title="New task (c)">
            <Icon name="add" />
            <span>New task</span>
          </button>
          <Self />
        </div>
      </header>
      <Away />
      <main id="main">{children}</main>
      {writing.value && <NewTask onClose={() => void (writing.value = false)} />}
      <ConflictDialog />
    </div>
  );
}

const isHere = (path: string, href: string): boolean => (href === "/" ? path === "/" : path.startsWith(href));

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

/** A single key, unless somebody is typing. */
function useShortcut(key: string, act: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const typing =
        (event.target as HTMLElement).closest("input, textarea, select, [contenteditable], dialog") !== null;
      if (event.key !== key || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
}
