import type { ComponentChildren } from "preact";

// What each can hold is bounded, so that no text takes long to read.
const PARTS = [
  "`(?<code>[^`]{1,1000})`",
  "\\*\\*(?<strong>[^*]{1,1000})\\*\\*",
  "~~(?<gone>[^~]{1,1000})~~",
  "\\*(?<em>[^*\\s][^*]{0,1000})\\*",
  "(?<!\\w)_(?<em2>[^_\\s][^_]{0,1000})_(?!\\w)",
  "\\[(?<name>[^\\]]{1,500})\\]\\((?<target>(?:https?://|mailto:|/)[^\\s)]{1,2000})\\)",
  '(?<link>https?://[^\\s<>"]{1,2000}[^\\s<>".,;:!?)\\]])',
  "(?<![\\w@])@(?<person>\\w(?:[\\w.-]{0,62}\\w)?)",
];

/** The signs within a line: emphasis, code, links, mentions. */
export function inline(text: string): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  let done = 0;
  for (const found of text.matchAll(new RegExp(PARTS.join("|"), "gu"))) {
    made.push(text.slice(done, found.index), element(found.groups ?? {}, found.index));
    done = found.index + found[0].length;
  }
  return [...made, text.slice(done)];
}

function element(part: Record<string, string>, key: number): ComponentChildren {
  const { code, strong, gone, em = part.em2, name, target, link, person } = part;
  if (code !== undefined) return <code key={key}>{code}</code>;
  if (strong !== undefined) return <strong key={key}>{inline(strong)}</strong>;
  if (gone !== undefined) return <del key={key}>{inline(gone)}</del>;
  if (em !== undefined) return <em key={key}>{inline(em)}</em>;
  if (person !== undefined) {
    return (
      <span class="mention" key={key}>
        @{person}
      </span>
    );
  }
  const href = target ?? link ?? "";
  const elsewhere = href.startsWith("/") ? {} : { target: "_blank", rel: "noopener noreferrer nofollow" };
  return (
    <a key={key} href={href} {...elsewhere}>
      {name ?? link}
    </a>
  );
}
