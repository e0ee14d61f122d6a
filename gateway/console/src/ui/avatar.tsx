import { me } from "../api/session";
import { nameOf, people } from "../state/people";
import { Icon } from "./icon";

const COLOURS = 8;

/** Initials on one of eight colours, always the same for the same person. */
export function Avatar({ id }: { id: number }) {
  const self = me.value;
  const person = people.value.get(id) ?? (self?.id === id ? self : undefined);
  const name = person?.full_name || person?.username || "?";
  const initials = name
    .split(/[\s._-]+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
  return (
    <span class={`avatar tint-${id % COLOURS}`} title={nameOf(id)} role="img" aria-label={nameOf(id)}>
      {initials}
    </span>
  );
}

/** Who did something; without anybody it was Taskwire itself. */
export function Actor({ id }: { id: number | null }) {
  if (id !== null) return <Avatar id={id} />;
  return (
    <span class="avatar tint-0" title="Taskwire" role="img" aria-label="Taskwire">
      <Icon name="bell" />
    </span>
  );
}
