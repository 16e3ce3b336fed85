import { describe, expect, test } from 'vitest';
import { MachineNetwork, macAddressOf } from '../../src-main/hypervisor/network/MachineNetwork.ts';
import { BOOT, Guest, type GuestOptions, isWithout, QUICK, TIMEOUT_MS } from './guest.ts';

/** Guest time that one machine may be ahead of the other is what passes in so many instructions. */
const TURN_INSTRUCTIONS = 20_000;
const initrd = 'initrd-drivers.cpio';

/** A guest on a segment of the virtual switch. */
async function onSegment(network: MachineNetwork, id: string, driver: string, options: GuestOptions): Promise<Guest> {
  const commandLine = `console=ttyS0 ${QUICK} guest.modules=${driver}`;
  const sinks = { frame: (bytes: Uint8Array): void => network.send(id, bytes) };
  const macAddress = macAddressOf(id);
  const guest = await Guest.kernel('vmlinux-686', 64, { commandLine, initrd }, { ...options, macAddress, sinks });
  const definition = { kind: 'segment', name: 'lab' } as const;
  network.plug({ id, name: id, network: definition, deliver: (frame) => guest.machine.inputs.receiveFrame(frame) });
  return guest;
}

/** Runs whichever guest is behind in guest time, until one has sent a text. */
function runTogether(guests: readonly Guest[], speaker: Guest, text: string, mostInstructions: number): string {
  for (let left = mostInstructions; left > 0; left -= TURN_INSTRUCTIONS) {
    const [behind] = [...guests].sort((a, b) => a.machine.guestTimeNs - b.machine.guestTimeNs);
    behind?.machine.run({ instructions: TURN_INSTRUCTIONS });
    if (speaker.serial.includes(text)) return 'done';
  }
  return `not within ${mostInstructions} instructions:\n${guests.map(({ serial }) => serial.slice(-800)).join('\n---\n')}`;
}

describe.skipIf(isWithout('vmlinux-686', initrd))('two machines on a segment', { timeout: TIMEOUT_MS }, () => {
  test('ping each other, and one fetches a file from the other over HTTP', async () => {
    const network = new MachineNetwork();
    const server = await onSegment(network, 'vm-000000000000000a', 'ne2k_pci', {});
    const client = await onSegment(network, 'vm-000000000000000b', 'virtio_pci+virtio_net', { adapterModel: 'virtio' });
    const both = [server, client];
    for (const guest of both) expect(guest.runUntilSerial('guest# ', 2 * BOOT)).toBe('done');

    server.type('ip addr add 10.0.2.30/24 dev eth0; ip link set eth0 up; mkdir /www; seq 50000 > /www/numbers\n');
    server.type('httpd -h /www; echo served.\n');
    client.type('ip addr add 10.0.2.31/24 dev eth0; ip link set eth0 up; echo linked.\n');
    expect(runTogether(both, server, '\nserved.', 1_000_000_000)).toBe('done');
    expect(runTogether(both, client, '\nlinked.', 1_000_000_000)).toBe('done');

    server.type('ping -c 2 10.0.2.31\n');
    expect(runTogether(both, server, '2 packets transmitted, 2 packets received', 1_000_000_000)).toBe('done');
    client.type('ping -c 2 10.0.2.30; wget -q -O - http://10.0.2.30/numbers | md5sum\n');
    expect(runTogether(both, client, '2 packets transmitted, 2 packets received', 1_000_000_000)).toBe('done');
    // Of `seq 50000`.
    expect(runTogether(both, client, 'c1d4ba52c72ac7bcc71ff2d6c083e684', 1_000_000_000)).toBe('done');
    network.close();
  });
});
