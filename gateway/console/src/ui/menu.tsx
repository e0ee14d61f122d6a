import { type ComponentChildren, toChildArray } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon";

interface Props {
  label: string;
  icon: IconName;
  /** Only the icon is shown. */
  terse?: boolean;
  children: ComponentChildren;
}

/** A button whose choices open below it, and close when one is taken, with Escape, or elsewhere. */
export function Menu({ label, icon, terse = false, children }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const inside = menu.current?.contains(event.target as Node) === true;
      if (menu.current !== null && !inside) menu.current.open = false;
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("focusin", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("focusin", close);
    };
  }, []);
  const shut = (): void => {
    if (menu.current !== null) menu.current.open = false;
    menu.current?.querySelector("summary")?.focus();
  };
  return (
    <details class="menu" ref={menu} onKeyDown={(event) => event.key === "Escape" && shut()}>
      <summary class={terse ? "button quiet square" : "button quiet"} aria-label={label} title={label}>
        <Icon name={icon} /> {!terse && label}
      </summary>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: what is in it is pressed, and this only closes the list */}
      <ul onClick={shut}>
        {toChildArray(children).map((child, number) => (
          <li key={number}>{child}</li>
        ))}
      </ul>
    </details>
  );
}
