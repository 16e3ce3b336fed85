import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escaped, framed, MOST_BODY_BYTES, PacketReader, unescaped } from '../../../../src-main/debug/gdb/packets.ts';

function read(...chunks: (string | Uint8Array)[]): string[] {
  const reader = new PacketReader();
  return chunks.flatMap((chunk) =>
    [...reader.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk)].map((event) =>
      event.kind === 'packet' ? event.body.toString('latin1') : `(${event.kind})`,
    ),
  );
}

describe('the packet reader', () => {
  test('takes a packet as it is framed', () => {
    expect(framed('qC').toString()).toBe('$qC#b4');
    expect(read('$qC#b4')).toEqual(['qC']);
  });

  test('does not mind how the stream is cut', () => {
    expect(read('+$q', 'C', '#', 'b', '4$g#6', '7')).toEqual(['(ack)', 'qC', 'g']);
  });

  test('asks for a packet again whose checksum is wrong or is none', () => {
    expect(read('$qC#b5')).toEqual(['(corrupt)']);
    expect(read('$qC#zz')).toEqual(['(corrupt)']);
  });

  test('sees Ctrl-C between packets, and a plain byte inside of them', () => {
    expect(read('\x03')).toEqual(['(interrupt)']);
    expect(read(framed('X0,1:\x03'))).toEqual(['X0,1:\x03']);
  });

  test('begins anew where a packet was cut off', () => {
    expect(read('$m0,40$qC#b4')).toEqual(['qC']);
  });

  test('refuses a body that is longer than it has announced, and goes on', () => {
    expect(read(framed('x'.repeat(MOST_BODY_BYTES + 1)), '$qC#b4')).toEqual(['(corrupt)', 'qC']);
    expect(read(framed('x'.repeat(MOST_BODY_BYTES)))).toHaveLength(1);
  });

  test('reads any body that was escaped and framed, cut anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(300), (data, cut) => {
        const stream = framed(escaped(data));
        const reader = new PacketReader();
        const events = [...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))];
        expect(events).toHaveLength(1);
        const [event] = events;
        expect(event?.kind === 'packet' && unescaped(event.body)).toEqual(Buffer.from(data));
      }),
    );
  });

  test('survives garbage, and reads the packet behind it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (garbage) => {
        expect(read(garbage, '$qC#b4').at(-1)).toBe('qC');
      }),
    );
  });
});
