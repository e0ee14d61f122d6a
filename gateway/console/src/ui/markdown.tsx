import type { ComponentChildren } from "preact";
import { inline } from "./markdown-inline";

interface Props {
  text: string;
  /** Ticks or unticks the box on this line of the text; without it the boxes only show. */
  tick?: (line: number) => void;
}

interface Line {
  text: string;
  /** Where it stands in the whole text. */
  number: number;
}

const LIST = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const BOX = /^\[([ xX])\]\s+(.*)$/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const RULE = /^(?:-{3,}|\*{3,}|_{3,})\s*$/;
const QUOTE = /^>\s?/;
const FENCE = /^(?:```|~~~)/;
const DEEPEST = 8; // quotes and lists in each other

/** The part of Markdown that people use in tasks, made into elements: no HTML of theirs is ever read as such. */
export function Markdown({ text, tick }: Props) {
  return (
    <>
      {blocks(
        text.split("\n").map((line, number) => ({ text: line, number })),
        tick,
        0,
      )}
    </>
  );
}

function blocks(lines: readonly Line[], tick: Props["tick"], depth: number): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  let at = 0;
  while (at < lines.length) {
    const { text, number } = lines[at] as Line;
    const end = endOf(lines, at);
    const own = lines.slice(at, end);
    if (FENCE.test(text)) made.push(<Code key={number} lines={own} />);
    else if (RULE.test(text)) made.push(<hr key={number} />);
    else if (HEADING.test(text)) made.push(<h4 key={number}>{inline(HEADING.exec(text)?.[2] ?? "")}</h4>);
    else if (QUOTE.test(text) && depth < DEEPEST) {
      const quoted = own.map((line) => ({ ...line, text: line.text.replace(QUOTE, "") }));
      made.push(<blockquote key={number}>{blocks(quoted, tick, depth + 1)}</blockquote>);
    } else if (LIST.test(text) && depth < DEEPEST) made.push(list(own, tick, depth));
    else if (text.trim() !== "") made.push(<p key={number}>{own.map(broken)}</p>);
    at = end;
  }
  return made;
}

/** Where the block that begins here ends. */
function endOf(lines: readonly Line[], from: number): number {
  const first = (lines[from] as Line).text;
  const after = (holds: (text: string) => boolean): number => {
    const end = lines.findIndex(({ text }, index) => index > from && !holds(text));
    return end < 0 ? lines.length : end;
  };
  if (FENCE.test(first)) return Math.min(lines.length, after((text) => !FENCE.test(text)) + 1);
  if (RULE.test(first) || HEADING.test(first) || first.trim() === "") return from + 1;
  if (QUOTE.test(first)) return after((text) => QUOTE.test(text));
  if (LIST.test(first)) return after((text) => LIST.test(text) || /^\s{2,}\S/.test(text));
  return after((text) => text.trim() !== "" && ![FENCE, RULE, HEADING, QUOTE, LIST].some((one) => one.test(text)));
}

const broken = ({ text, number }: Line, index: number): ComponentChildren => [
  index > 0 && <br key={`${number} break`} />,
  inline(text),
];

function Code({ lines }: { lines: readonly Line[] }) {
  const closed = lines.length > 1 && FENCE.test(lines.at(-1)?.text ?? "");
  const code = lines.slice(1, closed ? -1 : undefined).map(({ text }) => text);
  return (
    <pre>
      <code>{code.join("\n")}</code>
    </pre>
  );
}

function list(lines: readonly Line[], tick: Props["tick"], depth: number): ComponentChildren {
  const [, indent = "", sign = "-"] = LIST.exec(lines[0]?.text ?? "") ?? [];
  const starts = lines.flatMap(({ text }, index) => {
    const found = LIST.exec(text);
    return found !== null && (found[1] ?? "").length <= indent.length ? [index] : [];
  });
  const items = starts.map((start, index) => {
    const [first, ...rest] = lines.slice(start, starts[index + 1]) as [Line, ...Line[]];
    const words = LIST.exec(first.text)?.[3] ?? "";
    return (
      <li key={first.number}>
        <Words words={words} tick={tick && (() => tick(first.number))} />
        {rest.length > 0 && blocks(rest, tick, depth + 1)}
      </li>
    );
  });
  const key = lines[0]?.number;
  return /\d/.test(sign) ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
}

function Words({ words, tick }: { words: string; tick: (() => void) | undefined }) {
  const box = BOX.exec(words);
  if (box === null) return <>{inline(words)}</>;
  return (
    <>
      <input
        type="checkbox"
        checked={box[1] !== " "}
        disabled={tick === undefined}
        aria-label={box[2]}
        onClick={(event) => event.stopPropagation()}
        onChange={tick}
      />
      {inline(box[2] ?? "")}
    </>
  );
}

/** The text with the box on this line turned. */
export function ticked(text: string, line: number): string {
  const lines = text.split("\n");
  const turn = (box: string): string => (box === "[ ]" ? "[x]" : "[ ]");
  lines[line] = (lines[line] ?? "").replace(/\[[ xX]\]/, turn);
  return lines.join("\n");
}
