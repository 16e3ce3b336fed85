import type { TextScreen } from '../hypervisor/types.ts';

/** Code page 437 above ASCII, in order from 0x80. */
const HIGH_HALF =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';
/** And below it, from 0x01; 0x00 shows as a blank. */
const CONTROL_GLYPHS = '☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼';
const HIGH = [...HIGH_HALF];
const LOW = [...CONTROL_GLYPHS];

function characterOf(code: number): string {
  if (code >= 0x80) return HIGH[code - 0x80] ?? ' ';
  if (code === 0x7f) return '⌂';
  return code >= 0x20 ? String.fromCharCode(code) : (LOW[code - 1] ?? ' ');
}

/** A text screen's lines, trailing blanks removed, for copying. */
export function screenLines({ columns, rows, cells }: TextScreen): string[] {
  return Array.from({ length: rows }, (_, row) => {
    let line = '';
    for (let column = 0; column < columns; column++) line += characterOf(cells[(row * columns + column) * 2] ?? 0);
    return line.trimEnd();
  });
}
