import type {
  GraphicsScreenFrame,
  ScreenFrame,
  TextScreenFrame,
} from '../../../src-preload/contract/layouts/ScreenFrame.ts';
import { TextRaster } from './TextRaster.ts';

/** The VGA blinks characters every 32 frames and the cursor every 16, of 70 a second. */
const CURSOR_HALF_PERIOD_MS = 16 * (1000 / 70);

/** Puts a machine's screen on a canvas whose pixels are whole multiples of the guest's. */
export class ScreenPainter {
  readonly #stageOf: () => HTMLElement | null;
  readonly #canvasOf: () => HTMLCanvasElement | null;
  readonly #still = window.matchMedia('(prefers-reduced-motion: reduce)');
  #frame: ScreenFrame | null = null;
  #raster: TextRaster | null = null;
  /** All lines of the present picture. */
  #picture: ImageData | null = null;
  #isStale = false;
  #isSmooth = false;
  #phase = 0;
  #request = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(stageOf: () => HTMLElement | null, canvasOf: () => HTMLCanvasElement | null) {
    this.#stageOf = stageOf;
    this.#canvasOf = canvasOf;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#phase++;
      if (!this.#still.matches && this.#frame?.mode === 'text') this.#invalidate();
    }, CURSOR_HALF_PERIOD_MS);
    this.layOut();
  }

  stop(): void {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#request);
  }

  /** Null: the machine is off. */
  show(frame: ScreenFrame | null): void {
    if (frame?.mode === 'graphics') this.#take(frame);
    this.#frame = frame;
    this.#invalidate();
  }

  /** Smooth pictures fill the stage; sharp ones keep whole pixels. */
  setSmooth(isSmooth: boolean): void {
    this.#isSmooth = isSmooth;
    this.layOut();
  }

  /** Chooses the largest whole multiple of device pixels that fits; below one, it scales down. */
  layOut(): void {
    const stage = this.#stageOf();
    const canvas = this.#canvasOf();
    if (!stage || !canvas || canvas.width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const fit = Math.min((stage.clientWidth * ratio) / canvas.width, (stage.clientHeight * ratio) / canvas.height);
    const isSharp = fit >= 1 && !this.#isSmooth;
    const scale = isSharp ? Math.floor(fit) : fit;
    canvas.style.width = `${(canvas.width * scale) / ratio}px`;
    canvas.style.height = `${(canvas.height * scale) / ratio}px`;
    canvas.style.imageRendering = isSharp ? 'pixelated' : 'auto';
  }

  #invalidate(): void {
    this.#isStale = true;
    if (this.#request === 0) this.#request = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#request = 0;
    const canvas = this.#canvasOf();
    const context = canvas?.getContext('2d', { alpha: false });
    if (!canvas || !context || !this.#frame || !this.#isStale) return;
    this.#isStale = false;
    const image = this.#frame.mode === 'text' ? this.#rasterise(this.#frame) : this.#picture;
    if (!image) return;
    if (canvas.width !== image.width || canvas.height !== image.height) {
      canvas.width = image.width;
      canvas.height = image.height;
      this.layOut();
    }
    context.putImageData(image, 0, 0);
  }

  #take({ width, height, firstLine, pixels }: GraphicsScreenFrame): void {
    if (this.#picture?.width !== width || this.#picture.height !== height) this.#picture = new ImageData(width, height);
    this.#picture.data.set(pixels, firstLine * width * 4);
  }

  /** Without the ninth column of its cells where only so it fits the stage sharp. */
  #fitted(frame: TextScreenFrame): TextScreenFrame {
    const room = (this.#stageOf()?.clientWidth ?? 0) * (window.devicePixelRatio || 1);
    const isTight = room < frame.columns * 9 && room >= frame.columns * 8;
    return isTight && frame.cellWidth === 9 ? { ...frame, cellWidth: 8 } : frame;
  }

  #rasterise(screen: TextScreenFrame): ImageData {
    const frame = this.#fitted(screen);
    if (!this.#raster?.fits(frame)) this.#raster = new TextRaster(frame);
    const isStill = this.#still.matches;
    this.#raster.draw(frame, isStill || this.#phase % 4 < 2, isStill || this.#phase % 2 === 0);
    return this.#raster.image;
  }
}
