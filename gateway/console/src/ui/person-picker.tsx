import { searchPeople } from "../state/people";
import { Avatar } from "./avatar";
import { Combobox } from "./combobox";

interface Props {
  label: string;
  without: readonly number[];
  choose: (id: number) => void;
}

const OFFERED = 8;

/** Finds people by the beginning of their names. */
export function PersonPicker({ label, without, choose }: Props) {
  return (
    <Combobox
      label={label}
      atOnce
      find={async (text) => (await searchPeople(text)).filter(({ id }) => !without.includes(id)).slice(0, OFFERED)}
      keyOf={({ id }) => id}
      show={({ id, full_name, username }) => (
        <>
          <Avatar id={id} />
          <span class="grow">
            {full_name || username} <span class="soft">@{username}</span>
          </span>
        </>
      )}
      choose={({ id }) => choose(id)}
    />
  );
}
