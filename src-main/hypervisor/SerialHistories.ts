import { ByteHistory } from './ByteHistory.ts';
import type { SerialPast } from './snapshots/StoredSnapshot.ts';

const BYTES_PER_PORT = 256 * 1024;

/** What each serial port of a machine has sent, of which the newest is kept. */
export class SerialHistories {
  readonly #ports = new Map<number, ByteHistory>();

  append(port: number, bytes: Uint8Array): void {
    let history = this.#ports.get(port);
    if (history === undefined) this.#ports.set(port, (history = new ByteHistory(BYTES_PER_PORT)));
    history.append(bytes);
  }

  bytes(port: number): Uint8Array {
    return this.#ports.get(port)?.bytes() ?? new Uint8Array(0);
  }

  /** A copy, which nothing that is sent later changes. */
  copy(): SerialPast {
    return new Map([...this.#ports].map(([port, history]) => [port, history.bytes()]));
  }

  /** What was sent since is forgotten. */
  putBack(past: SerialPast): void {
    this.clear();
    for (const [port, bytes] of past) this.append(port, bytes);
  }

  clear(): void {
    for (const history of this.#ports.values()) history.clear();
  }
}
