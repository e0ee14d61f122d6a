/**
 * What somebody came with from a mail or a sign-in elsewhere: `/#/reset-password?token=...`. Secrets stand after the
 * `#`, where no server and no log sees them, and leave the address bar at once.
 */
const taken = /^#(\/[a-z-]+)(?:\?(.*))?$/.exec(location.hash);

export const link = new URLSearchParams(taken?.[2] ?? "");

if (taken !== null) history.replaceState(null, "", taken[1]);
