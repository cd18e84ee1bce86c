const TENTH = 100;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A duration in milliseconds as people say it: `0.4 s`, `3 s`, `40 s`, `3 min`, `2 h 5 min`, `3 days`. Rounded down;
 * 0 for a negative one.
 */
export function durationText(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 10 * SECOND) return `${Math.floor(whole / TENTH) / 10} s`;
  if (whole < MINUTE) return `${Math.floor(whole / SECOND)} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < 2 * DAY) {
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    return `${Math.floor(whole / HOUR)} h${minutes > 0 ? ` ${minutes} min` : ''}`;
  }
  return `${Math.floor(whole / DAY)} days`;
}

/** A time as people read it: `2026-11-24 12:00:05 UTC`. */
export function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
