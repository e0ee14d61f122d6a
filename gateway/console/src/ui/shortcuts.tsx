import { useEffect } from "preact/hooks";
import { Dialog } from "./dialog";

/** `c` is a key by itself; `g t` is one after the other; `mod k` is with Ctrl or the Mac's Command. */
export type Keys = Readonly<Record<string, () => void>>;

const SOON = 1000; // milliseconds between the keys of a pair
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog";

/** Runs what a key is for, unless somebody is typing. */
export function useShortcuts(keys: Keys): void {
  useEffect(() => {
    let first = "";
    let since = 0;
    const press = (event: KeyboardEvent): void => {
      if (event.altKey || event.key === "Shift") return;
      const mod = event.ctrlKey || event.metaKey;
      if (!mod && (event.target as HTMLElement).closest(TYPING) !== null) return;
      const pair = Date.now() - since < SOON ? keys[`${first} ${event.key}`] : undefined;
      const act = mod ? keys[`mod ${event.key}`] : (pair ?? keys[event.key]);
      first = event.key;
      since = Date.now();
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
}

const HELP: Record<string, Record<string, string>> = {
  Everywhere: {
    "Write down a task": "c",
    "Go to anything": "Ctrl K",
    "These keys": "?",
    "Dashboard, tasks, board": "g d, g t, g b",
    "Projects, reports, inbox": "g p, g r, g i",
  },
  "In the list of tasks": {
    Search: "/",
    "Next, previous": "j, k",
    Open: "Enter",
    "Completed or not": "e",
    Choose: "x",
  },
  "On the board": {
    "Move the card": "Alt ← ↑ ↓ →",
    "Open the card": "Enter",
  },
  "In a comment": {
    "Tell somebody": "@name",
    Send: "Ctrl Enter",
  },
};

export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div class="keys">
        {Object.entries(HELP).map(([place, keys]) => (
          <section key={place} aria-label={place}>
            <h3>{place}</h3>
            <dl>
              {Object.entries(keys).map(([what, pressed]) => [
                <dt key={what}>{what}</dt>,
                <dd key={`${what} keys`}>
                  <Pressed keys={pressed} />
                </dd>,
              ])}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

const Pressed = ({ keys }: { keys: string }) =>
  keys
    .split(", ")
    .map((one, number) => [number > 0 && ", ", one.split(" ").map((key) => <kbd key={`${one} ${key}`}>{key}</kbd>)]);
