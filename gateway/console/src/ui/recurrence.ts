/** What the editor knows of an RRULE. Rules with anything else are edited as they are written. */
export interface Rhythm {
  every: Frequency;
  interval: number;
  days: readonly Weekday[];
  until: string;
  count: string;
}

export const FREQUENCIES = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" } as const;
export type Frequency = keyof typeof FREQUENCIES;

export const WEEKDAYS = { MO: "Mon", TU: "Tue", WE: "Wed", TH: "Thu", FR: "Fri", SA: "Sat", SU: "Sun" } as const;
export type Weekday = keyof typeof WEEKDAYS;

const KNOWN = new Set(["FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT"]);

/** null for a rule that has more in it than the editor knows. */
export function readRule(rule: string): Rhythm | null {
  const parts = new Map(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const every = parts.get("FREQ") as Frequency;
  const days = (parts.get("BYDAY")?.split(",") ?? []) as Weekday[];
  const plain = [...parts.keys()].every((name) => KNOWN.has(name)) && days.every((day) => day in WEEKDAYS);
  if (!plain || !(every in FREQUENCIES) || (days.length > 0 && every !== "WEEKLY")) return null;
  const until = /^(\d{4})(\d{2})(\d{2})/.exec(parts.get("UNTIL") ?? "");
  return {
    every,
    interval: Number(parts.get("INTERVAL") ?? 1),
    days,
    until: until === null ? "" : until.slice(1).join("-"),
    count: parts.get("COUNT") ?? "",
  };
}

export function writeRule({ every, interval, days, until, count }: Rhythm): string {
  return [
    `FREQ=${every}`,
    interval > 1 && `INTERVAL=${interval}`,
    every === "WEEKLY" && days.length > 0 && `BYDAY=${days.join(",")}`,
    until !== "" && `UNTIL=${until.replaceAll("-", "")}`,
    until === "" && count !== "" && `COUNT=${count}`,
  ]
    .filter(Boolean)
    .join(";");
}

export function ruleWords(rule: string): string {
  const rhythm = readRule(rule);
  if (rhythm === null) return rule;
  const { every, interval, days, until, count } = rhythm;
  const unit = FREQUENCIES[every];
  return [
    interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`,
    days.length > 0 && `on ${days.map((day) => WEEKDAYS[day]).join(", ")}`,
    until !== "" && `until ${until}`,
    count !== "" && `${count} times`,
  ]
    .filter(Boolean)
    .join(" ");
}
