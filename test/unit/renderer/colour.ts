/** Colour arithmetic for the tests of tokens.css. Colours are `#rrggbb`. */

export type Vision = 'normal' | 'protanopia' | 'deuteranopia' | 'tritanopia';
type Triple = readonly [number, number, number];

/** Machado, Oliveira and Fernandes 2009, full severity, on linear RGB. */
const VISIONS: Record<Exclude<Vision, 'normal'>, readonly Triple[]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Triple {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function dot(row: Triple, [a, b, c]: Triple): number {
  return row[0] * a + row[1] * b + row[2] * c;
}

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  return dot([0.2126, 0.7152, 0.0722], linear(hex));
}

/** Contrast ratio (WCAG 2.2), 1 .. 21. */
export function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

/** The colour in Oklab as eyes of this kind see it. */
export function seenBy(vision: Vision, hex: string): Triple {
  const rgb = linear(hex);
  if (vision === 'normal') return oklab(rgb);
  const [r, g, b] = VISIONS[vision].map((row) => Math.min(1, Math.max(0, dot(row, rgb))));
  return oklab([r ?? 0, g ?? 0, b ?? 0]);
}

/** Oklab's L, 0 .. 1. */
export function lightness(hex: string): number {
  return oklab(linear(hex))[0];
}

export function distance(a: Triple, b: Triple): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Björn Ottosson, "A perceptual color space for image processing". */
function oklab(rgb: Triple): Triple {
  const lms: Triple = [
    Math.cbrt(dot([0.4122214708, 0.5363325363, 0.0514459929], rgb)),
    Math.cbrt(dot([0.2119034982, 0.6806995451, 0.1073969566], rgb)),
    Math.cbrt(dot([0.0883024619, 0.2817188376, 0.6299787005], rgb)),
  ];
  return [
    dot([0.2104542553, 0.793617785, -0.0040720468], lms),
    dot([1.9779984951, -2.428592205, 0.4505937099], lms),
    dot([0.0259040371, 0.7827717662, -0.808675766], lms),
  ];
}
