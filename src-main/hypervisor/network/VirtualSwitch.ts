import { FRAME_BYTES } from '../../machine/network/NetworkPort.ts';
import { isGroupAddress, macKey, parseEthernet } from './ethernet.ts';

/** Addresses that a segment remembers; a guest that invents more makes the oldest be forgotten. */
const MOST_ADDRESSES = 4096;

/** Something plugged into a segment. */
export interface SwitchPort {
  /** A frame for it; the bytes may be read, not changed. */
  deliver(frame: Uint8Array): void;
}

/** What a segment has carried. */
export interface SegmentStatistics {
  readonly name: string;
  readonly ports: number;
  readonly frames: number;
  readonly bytes: number;
}

/**
 * One isolated Ethernet: a learning bridge (IEEE 802.1D, 7.8 and 7.9) without a spanning tree, since nothing
 * joins segments to a loop.
 */
export class Segment {
  readonly name: string;
  private readonly ports = new Set<SwitchPort>();
  private readonly places = new Map<string, SwitchPort>();
  private frames = 0;
  private bytes = 0;

  constructor(name: string) {
    this.name = name;
  }

  get statistics(): SegmentStatistics {
    return { name: this.name, ports: this.ports.size, frames: this.frames, bytes: this.bytes };
  }

  get isEmpty(): boolean {
    return this.ports.size === 0;
  }

  plug(port: SwitchPort): void {
    this.ports.add(port);
  }

  unplug(port: SwitchPort): void {
    this.ports.delete(port);
    for (const [key, at] of this.places) if (at === port) this.places.delete(key);
  }

  /** A frame from a port, to the port of its destination, or to all others when that is not known. */
  send(from: SwitchPort, bytes: Uint8Array): void {
    if (!this.ports.has(from) || bytes.length > FRAME_BYTES.most) return;
    const frame = parseEthernet(bytes);
    if (frame === undefined) return;
    this.frames++;
    this.bytes += bytes.length;
    if (!isGroupAddress(frame.source)) this.learn(macKey(frame.source), from);
    const known = isGroupAddress(frame.destination) ? undefined : this.places.get(macKey(frame.destination));
    if (known !== undefined) {
      if (known !== from) known.deliver(bytes);
      return;
    }
    for (const port of this.ports) if (port !== from) port.deliver(bytes);
  }

  private learn(key: string, port: SwitchPort): void {
    if (this.places.get(key) === port) return;
    this.places.delete(key);
    this.places.set(key, port);
    if (this.places.size <= MOST_ADDRESSES) return;
    const [oldest] = this.places.keys();
    if (oldest !== undefined) this.places.delete(oldest);
  }
}

/** All segments of this app, by name. A machine on one cannot reach a machine on another. */
export class VirtualSwitch {
  private readonly segments = new Map<string, Segment>();
  private readonly onSegment: (segment: Segment) => void;

  /** `onSegment` is told of each new segment, to plug in what every segment has. */
  constructor(onSegment: (segment: Segment) => void = () => undefined) {
    this.onSegment = onSegment;
  }

  segment(name: string): Segment {
    let segment = this.segments.get(name);
    if (segment === undefined) {
      segment = new Segment(name);
      this.segments.set(name, segment);
      this.onSegment(segment);
    }
    return segment;
  }

  get statistics(): SegmentStatistics[] {
    return [...this.segments.values()].map(({ statistics }) => statistics);
  }
}
