/** Numbers as the window shows them: units always, hexadecimal in groups, widths that do not jump. */

const UNITS = ['', 'k', 'M', 'G', 'T'];

/** `12,345`, then `1.23 M`. */
export function compactCount(value: number): string {
  if (value < 100_000) return grouped(Math.round(value));
  let unit = 0;
  let scaled = value;
  while (scaled >= 1000 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${threeDigits(scaled)} ${UNITS[unit] ?? ''}`;
}

/** `12,345,678` */
export function grouped(value: number | bigint): string {
  return (typeof value === 'bigint' ? value : Math.round(value)).toLocaleString('en-US');
}

/** Three significant digits without an exponent. */
export function threeDigits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Million instructions a second of a running machine: never 0, for between two ticks of its timer it still runs. */
export function mips(value: number): string {
  if (value < 0.1) return '<0.1';
  return value >= 100 ? grouped(value) : value.toFixed(1);
}

export function percent(fraction: number): string {
  const value = fraction * 100;
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`;
}

/** Without decimals, where columns are narrow. */
export function wholePercent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** `1a2b3c4d`, without a prefix, for fixed columns. */
export function hex(value: number | bigint, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** `0x1a2b` */
export function prefixedHex(value: number | bigint, digits = 1): string {
  return `0x${hex(value, digits)}`;
}

/** `640 KiB`, `16 MiB` */
export function byteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  if (kib < 1024) return `${trimmed(kib)} KiB`;
  const mib = kib / 1024;
  return mib < 1024 ? `${trimmed(mib)} MiB` : `${trimmed(mib / 1024)} GiB`;
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** A sixteen-digit digest in groups of four. */
export function digestGroups(digest: string): string {
  return digest.match(/.{1,4}/g)?.join(' ') ?? digest;
}

/** `1.25 ms`, `320 µs`, `2.4 s`; `0 ms` */
export function duration(milliseconds: number): string {
  if (milliseconds === 0) return '0 ms';
  if (milliseconds < 1) return `${threeDigits(milliseconds * 1000)} µs`;
  if (milliseconds < 1000) return `${threeDigits(milliseconds)} ms`;
  return `${threeDigits(milliseconds / 1000)} s`;
}
