import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";

interface Props {
  title: string;
  places: readonly (readonly [href: string, text: string])[];
  /** As wide as the window is. */
  full?: boolean;
  children: ComponentChildren;
}

/** A view with pages of its own: their names beside the page, above it on a telephone. */
export function Pane({ title, places, full = false, children }: Props) {
  const { path } = useLocation();
  return (
    <>
      <header class="view">
        <h1>{title}</h1>
      </header>
      <div class={full ? "pane full" : "pane"}>
        <nav aria-label={title}>
          {places.map(([href, text]) => (
            <a key={href} href={href} aria-current={path === href ? "page" : undefined}>
              {text}
            </a>
          ))}
        </nav>
        <div class="stack">{children}</div>
      </div>
    </>
  );
}

interface CardProps {
  title: string;
  /** Where all of it is. */
  more?: string;
  children: ComponentChildren;
}

export function Card({ title, more, children }: CardProps) {
  return (
    <section class="card stack" aria-label={title}>
      <header class="title">
        <h2>{title}</h2>
        {more !== undefined && (
          <a href={more} aria-label={`${title}: all`}>
            All
          </a>
        )}
      </header>
      {children}
    </section>
  );
}
