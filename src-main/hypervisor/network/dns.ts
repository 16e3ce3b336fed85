import { viewOf } from './ethernet.ts';
import type { Address } from './ipv4.ts';

export const DNS_PORT = 53;
const HEADER_BYTES = 12;
const TYPE_A = 1;
const CLASS_INTERNET = 1;
const NAME_ERROR = 3;
/** A reply, recursion desired and available. */
const REPLY_FLAGS = 0x8180;
const TIME_TO_LIVE_SECONDS = 60;
/** The question's name, by a pointer to where it stands (RFC 1035, 4.1.4). */
const NAME_POINTER = 0xc00c;

/** The one question of a query (RFC 1035, 4.1.2). */
export interface DnsQuestion {
  /** In lower case, without the last dot. */
  readonly name: string;
  readonly type: number;
  /** Offset behind the question. */
  readonly end: number;
}

/** undefined for what is no query with one question of the Internet's class. */
export function parseQuestion(message: Uint8Array): DnsQuestion | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const view = viewOf(message);
  if (view.getUint16(2) & 0xf800 || view.getUint16(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > 63 || at + 1 + length > message.length) return undefined;
    at++;
    if (length === 0) break;
    labels.push(String.fromCharCode(...message.subarray(at, at + length)).toLowerCase());
    at += length;
  }
  if (at + 4 > message.length || view.getUint16(at + 2) !== CLASS_INTERNET) return undefined;
  return { name: labels.join('.'), type: view.getUint16(at), end: at + 4 };
}

/** The reply to a query for a name's address; without an address, that there is no such name. */
export function buildAnswer(query: Uint8Array, question: DnsQuestion, address: Address | undefined): Uint8Array {
  const hasRecord = address !== undefined && question.type === TYPE_A;
  const reply = new Uint8Array(question.end + (hasRecord ? 16 : 0));
  const view = viewOf(reply);
  reply.set(query.subarray(0, question.end));
  view.setUint16(2, REPLY_FLAGS | (address === undefined ? NAME_ERROR : 0));
  view.setUint16(6, hasRecord ? 1 : 0);
  view.setUint32(8, 0);
  if (!hasRecord) return reply;
  const at = question.end;
  view.setUint16(at, NAME_POINTER);
  view.setUint16(at + 2, TYPE_A);
  view.setUint16(at + 4, CLASS_INTERNET);
  view.setUint32(at + 6, TIME_TO_LIVE_SECONDS);
  view.setUint16(at + 10, 4);
  view.setUint32(at + 12, address);
  return reply;
}
