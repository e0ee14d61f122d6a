import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";

interface Props {
  title: string;
  places: readonly (readonly [href: string, text: string])[];
  children: ComponentChildren;
}

/** A view with pages of its own: their names beside the page, above it on a telephone. */
export function Pane({ title, places, children }: Props) {
  const { path } = useLocation();
  return (
    <>
      <h1>{title}</h1>
      <div class="pane">
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

export function Card({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card stack" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
