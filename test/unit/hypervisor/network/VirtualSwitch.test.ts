import { beforeEach, describe, expect, test } from 'vitest';
import { buildEthernet, BROADCAST } from '../../../../src-main/hypervisor/network/ethernet.ts';
import { VirtualSwitch, type Segment } from '../../../../src-main/hypervisor/network/VirtualSwitch.ts';

class Listener {
  readonly frames: Uint8Array[] = [];
  deliver(frame: Uint8Array): void {
    this.frames.push(frame);
  }
}

const [A, B, C] = [1, 2, 3].map((last) => Uint8Array.of(0x52, 0x54, 0, 0, 0, last));
const frame = (from: Uint8Array | undefined, to: Uint8Array | undefined): Uint8Array =>
  buildEthernet(to ?? BROADCAST, from ?? BROADCAST, 0x88b5, Uint8Array.of(1, 2, 3));

describe('a segment of the virtual switch', () => {
  let segment: Segment;
  let a: Listener, b: Listener, c: Listener;

  beforeEach(() => {
    segment = new VirtualSwitch().segment('lab');
    [a, b, c] = [new Listener(), new Listener(), new Listener()];
    for (const port of [a, b, c]) segment.plug(port);
  });

  test('hands broadcasts to everybody but the sender', () => {
    segment.send(a, frame(A, BROADCAST));
    expect([a, b, c].map(({ frames }) => frames.length)).toEqual([0, 1, 1]);
  });

  test('asks everybody for an address that it does not know, and only its port from then on', () => {
    segment.send(a, frame(A, B));
    expect([b, c].map(({ frames }) => frames.length)).toEqual([1, 1]);
    segment.send(b, frame(B, A));
    expect([a, c].map(({ frames }) => frames.length)).toEqual([1, 1]);
    segment.send(a, frame(A, B));
    expect([b, c].map(({ frames }) => frames.length)).toEqual([2, 1]);
  });

  test('follows an address that moves to another port', () => {
    segment.send(b, frame(B, BROADCAST));
    segment.send(c, frame(B, BROADCAST));
    segment.send(a, frame(A, B));
    expect([b, c].map(({ frames }) => frames.length)).toEqual([1, 2]);
  });

  test('forgets what was unplugged, and takes nothing from it', () => {
    segment.send(b, frame(B, BROADCAST));
    segment.unplug(b);
    segment.send(a, frame(A, B));
    expect(c.frames.length).toBe(2);
    segment.send(b, frame(B, C));
    expect(c.frames.length).toBe(2);
    expect(segment.statistics).toMatchObject({ ports: 2, frames: 2 });
  });

  test('drops what is no frame', () => {
    segment.send(a, new Uint8Array(5));
    segment.send(a, new Uint8Array(9000));
    expect(b.frames).toEqual([]);
  });
});

describe('the virtual switch', () => {
  test('keeps segments apart', () => {
    const network = new VirtualSwitch();
    const [a, b] = [new Listener(), new Listener()];
    network.segment('red').plug(a);
    network.segment('blue').plug(b);
    network.segment('red').send(a, frame(A, BROADCAST));
    expect(b.frames).toEqual([]);
    expect(network.segment('red')).toBe(network.segment('red'));
  });

  test('tells of each new segment once', () => {
    const names: string[] = [];
    const network = new VirtualSwitch(({ name }) => names.push(name));
    network.segment('red');
    network.segment('red');
    network.segment('blue');
    expect(names).toEqual(['red', 'blue']);
  });
});
