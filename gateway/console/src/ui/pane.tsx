import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";

interface Props {
  title: string;
  places: readonly (readonly [href: string, text: string])[];
  /** As wide as the window is. */
  full?: boolean;
  children: ComponentChildren;
}

const BEFORE = 48; // pixels of the name before, so that one sees that there is more

/** A view with pages of its own: their names beside the page, above it on a telephone. */
export function Pane({ title, places, full = false, children }: Props) {
  const { path } = useLocation();
  const names = useRef<HTMLElement>(null);
  // On a telephone they are a row that is longer than the window: where one is stands in it.
  useEffect(() => {
    const here = names.current?.querySelector<HTMLElement>("[aria-current]");
    if (names.current && here) names.current.scrollLeft = here.offsetLeft - names.current.offsetLeft - BEFORE;
  }, [path]);
  return (
    <>
      <header class="view">
        <h1>{title}</h1>
      </header>
      <div class={full ? "pane full" : "pane"}>
        <nav aria-label={title} ref={names}>
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
