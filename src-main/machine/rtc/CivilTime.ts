/** Registers of a calendar clock, as numbers; month and day count from 1, weekday 1 is Sunday. */
export interface CivilTime {
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  readonly weekday: number;
  readonly day: number;
  readonly month: number;
  /** Four digits. */
  readonly year: number;
}

export const SECONDS_PER_DAY = 86_400;

/** UTC seconds since 1970, for the proleptic Gregorian calendar. */
export function toSeconds(time: CivilTime): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second) / 1000;
}

export function fromSeconds(seconds: number): CivilTime {
  const date = new Date(seconds * 1000);
  return {
    second: date.getUTCSeconds(),
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    weekday: date.getUTCDay() + 1,
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year: date.getUTCFullYear(),
  };
}

/** What the clock's own counters can hold; others stand still until the guest sets them right. */
export function isValid(time: CivilTime): boolean {
  return (
    time.second < 60 &&
    time.minute < 60 &&
    time.hour < 24 &&
    time.month >= 1 &&
    time.month <= 12 &&
    time.day >= 1 &&
    time.day <= 31
  );
}
