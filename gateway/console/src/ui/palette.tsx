import { useLocation } from "preact-iso";
import { isAdmin } from "../api/session";
import { projects } from "../state/projects";
import { Combobox } from "./combobox";
import { Dialog } from "./dialog";
import { Icon, type IconName } from "./icon";
import { searchTasks } from "./task-picker";

interface Entry {
  key: string;
  icon: IconName;
  text: string;
  note?: string;
  act: () => void;
}

interface Props {
  commands: readonly Entry[];
  onClose: () => void;
}

const FOUND = 8; // tasks
const PLACES = [
  ["/", "home", "Dashboard"],
  ["/tasks", "list", "Tasks"],
  ["/tasks?mine=1", "list", "Tasks assigned to me"],
  ["/tasks?trashed=1", "trash", "Trash"],
  ["/board", "board", "Board"],
  ["/projects", "folder", "Projects"],
  ["/reports", "chart", "Reports"],
  ["/inbox", "bell", "Inbox"],
  ["/settings", "gear", "Settings"],
] as const;

/** One input that leads everywhere: views, projects, commands, and tasks by their words. */
export function Palette({ commands, onClose }: Props) {
  const { route } = useLocation();
  const go =
    (href: string): (() => void) =>
    () =>
      route(href);
  const places: Entry[] = [
    ...commands,
    ...PLACES.map(([href, icon, text]) => ({ key: href, icon, text, act: go(href) })),
    ...(isAdmin.value ? [{ key: "/admin", icon: "shield" as const, text: "Administration", act: go("/admin") }] : []),
    ...projects.value.map(({ id, key, name }) => ({
      key: `project ${id}`,
      icon: "folder" as const,
      text: name,
      note: key,
      act: go(`/projects/${id}`),
    })),
  ];
  const find = async (text: string): Promise<Entry[]> => {
    const words = text.toLowerCase();
    const begins = ({ text, note = "" }: Entry): boolean => `${text}\n${note}`.toLowerCase().startsWith(words);
    const fitting = places.filter(({ text, note = "" }) => `${note} ${text}`.toLowerCase().includes(words));
    const here = [...fitting.filter(begins), ...fitting.filter((place) => !begins(place))];
    const tasks = text.length < 2 ? [] : (await searchTasks(text).catch(() => [])).slice(0, FOUND);
    return [
      ...here,
      ...tasks.map((task) => ({
        key: `task ${task.id}`,
        icon: "check" as const,
        text: task.title as string,
        note: task.key ?? `#${task.id}`,
        act: go(`/tasks/${task.id}`),
      })),
    ];
  };
  return (
    <Dialog title="Go to anything" onClose={onClose}>
      <Combobox
        label="A view, a project, a task …"
        autoFocus
        atOnce
        standing
        maxLength={200}
        find={find}
        keyOf={({ key }) => key}
        show={({ icon, text, note }) => (
          <>
            <Icon name={icon} />
            <span class="grow">{text}</span>
            {note !== undefined && <span class="key">{note}</span>}
          </>
        )}
        choose={({ act }) => {
          onClose();
          act();
        }}
      />
    </Dialog>
  );
}
