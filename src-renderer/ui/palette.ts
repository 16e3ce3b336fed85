/** Colours for canvases: the tokens of tokens.css as they stand in the present theme. */
const cache = new Map<string, string>();
let cachedTheme: string | undefined;

export const MACHINE_COLOUR_COUNT = 8;

/** The value of a token, e.g. `token('line')`. Cheap enough for every frame. */
export function token(name: string): string {
  const theme = document.documentElement.dataset['theme'];
  if (theme !== cachedTheme) {
    cache.clear();
    cachedTheme = theme;
  }
  let value = cache.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    cache.set(name, value);
  }
  return value;
}

function machineToken(colour: number): string {
  return `machine-${(colour % MACHINE_COLOUR_COUNT) + 1}`;
}

/** A machine's colour for a canvas. `colour` counts from 0, as in a machine's definition. */
export function machineColour(colour: number): string {
  return token(machineToken(colour));
}

/** A machine's colour for a style; without one, for a machine that is gone, a neutral one. */
export function machineColourVariable(colour: number | undefined): string {
  return colour === undefined ? 'var(--line-strong)' : `var(--${machineToken(colour)})`;
}

/** Red, green and blue, 0..255, of a token written as `#rrggbb`. */
export function rgbOf(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}
