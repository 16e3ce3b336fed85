import { closeSync } from 'node:fs';
import { UsageError } from './ExitStatus.ts';
import { parseFileName, parsePort } from './optionValues.ts';
import { openForWriting, writeBytes } from './userFiles.ts';

/** What becomes of the bytes written to a port: printed, or kept in a file as they are. */
export interface LoggedPort {
  readonly port: number;
  readonly file: string | undefined;
}

/** `0x80,0x3bc=report.txt` */
export function parseLoggedPorts(text: string, option: string): LoggedPort[] {
  const parts = text.split(',').map((part) => part.trim());
  const missing = parts.indexOf('') + 1;
  if (missing > 0) {
    const what = parts.length === 1 ? 'there is no port' : `port ${missing} of ${parts.length} is missing`;
    throw new UsageError(
      `${option} "${text}": ${what}; expected ports separated by commas, such as 0x3f8,0x80, each perhaps with =FILE.`,
    );
  }
  const logged = parts.map((part) => {
    const [port = '', ...file] = part.split('=');
    return {
      port: parsePort(port, option),
      file: file.length === 0 ? undefined : parseFileName(file.join('='), option),
    };
  });
  refuseRepeated(logged, option);
  return logged;
}

/** One port has one place for its bytes, and two that write one file would write over each other. */
function refuseRepeated(logged: readonly LoggedPort[], option: string): void {
  logged.forEach(({ port, file }, index) => {
    const earlier = logged.slice(0, index);
    if (earlier.some((each) => each.port === port))
      throw new UsageError(`${option}: port 0x${port.toString(16)} is named twice; name it once.`);
    if (file !== undefined && earlier.some((each) => each.file === file))
      throw new UsageError(`${option}: two ports would write to ${file}; give each a file of its own.`);
  });
}

/** Bytes that are kept until there are this many. */
const BUFFERED_BYTES = 0x1_0000;

interface PortFile {
  readonly name: string;
  readonly descriptor: number;
  bytes: number[];
}

/** The files that bytes written to ports go into. */
export class PortFiles {
  private readonly files = new Map<number, PortFile>();

  /** Throws {@link UsageError} when one cannot be written. */
  constructor(ports: readonly LoggedPort[]) {
    for (const { port, file } of ports) {
      if (file === undefined) continue;
      this.files.set(port, { name: file, descriptor: openForWriting(file, '--log-port', 'w'), bytes: [] });
    }
  }

  /** Returns false when the port has no file. */
  take(port: number, byte: number): boolean {
    const file = this.files.get(port);
    if (file === undefined) return false;
    if (file.bytes.push(byte) >= BUFFERED_BYTES) flush(file);
    return true;
  }

  close(): void {
    for (const file of this.files.values()) {
      flush(file);
      closeSync(file.descriptor);
    }
    this.files.clear();
  }
}

function flush(file: PortFile): void {
  writeBytes(file.name, '--log-port', file.descriptor, Uint8Array.from(file.bytes));
  file.bytes = [];
}
