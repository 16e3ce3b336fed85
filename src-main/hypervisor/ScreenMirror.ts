import type { GraphicsScreen, Screen } from '../machine/vga/Screen.ts';

/** A machine's screen as main knows it: what its thread sent, put together, and when each part changed last. */
export class ScreenMirror {
  #revision = 0;
  #screen: Screen | undefined;
  /** Revision of each line of a picture. */
  #lines = new Uint32Array(0);

  /** Grows with every change. */
  get revision(): number {
    return this.#revision;
  }

  /** The whole screen; a picture's pixels go on changing. */
  get screen(): Screen | undefined {
    return this.#screen;
  }

  forget(): void {
    this.#revision++;
    this.#screen = undefined;
  }

  /** Takes a whole screen, or the changed lines of the picture that is there. */
  update(screen: Screen): void {
    this.#revision++;
    if (screen.mode === 'text') {
      this.#screen = screen;
      return;
    }
    const { width, height, firstLine, lineCount } = screen;
    const known = this.#screen;
    if (known?.mode !== 'graphics' || known.width !== width || known.height !== height) {
      // Only a whole picture can follow another screen.
      if (lineCount !== height) return;
      this.#screen = screen;
      this.#lines = new Uint32Array(height).fill(this.#revision);
      return;
    }
    known.pixels.set(screen.pixels, firstLine * width * 4);
    this.#lines.fill(this.#revision, firstLine, firstLine + lineCount);
  }

  /** A copy of what has changed after `revision`, for another process; undefined when nothing has, or nothing is shown. */
  since(revision: number): Screen | undefined {
    const screen = this.#screen;
    if (screen === undefined || revision >= this.#revision) return undefined;
    if (screen.mode === 'text') return { ...screen, cells: screen.cells.slice(), glyphs: screen.glyphs.slice() };
    const firstLine = this.#lines.findIndex((each) => each > revision);
    if (firstLine < 0) return undefined;
    const end = this.#lines.findLastIndex((each) => each > revision) + 1;
    return linesOf(screen, firstLine, end);
  }
}

function linesOf(screen: GraphicsScreen, firstLine: number, end: number): GraphicsScreen {
  const lineBytes = screen.width * 4;
  const pixels = screen.pixels.slice(firstLine * lineBytes, end * lineBytes);
  return { ...screen, firstLine, lineCount: end - firstLine, pixels };
}
