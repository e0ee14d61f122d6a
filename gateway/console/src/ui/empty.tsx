import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";

/** What stands where nothing is: why, and what to do next. */
export function Empty({ title, icon, children }: { title: string; icon?: IconName; children?: ComponentChildren }) {
  return (
    <div class="empty">
      {icon !== undefined && <Icon name={icon} />}
      <h2>{title}</h2>
      {children}
    </div>
  );
}
