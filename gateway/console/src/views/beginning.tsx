import { Icon, type IconName } from "../ui/icon";

const STEPS: readonly { href: string; icon: IconName; title: string; text: string }[] = [
  { href: "/task-create", icon: "add", title: "Write down a task", text: "Or press c, wherever you are." },
  {
    href: "/projects?new=1",
    icon: "folder",
    title: "Make a project",
    text: "It gathers tasks and the people who see them.",
  },
  {
    href: "/tasks?import=1",
    icon: "download",
    title: "Bring your tasks along",
    text: "From CSV, JSON, Todoist, Trello or Vikunja.",
  },
  { href: "/docs", icon: "keyboard", title: "Use the API", text: "Try every operation with your own account." },
];

/** What somebody finds who has no task yet. */
export function Beginning() {
  return (
    <ul class="cards beginning">
      {STEPS.map(({ href, icon, title, text }) => (
        <li key={href}>
          <a class="card" href={href}>
            <Icon name={icon} />
            <strong>{title}</strong>
            <span class="soft">{text}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
