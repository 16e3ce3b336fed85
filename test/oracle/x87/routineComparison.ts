import { execFileSync } from 'node:child_process';
import { Random } from '../../support/engine/Random.ts';
import { randomControl, randomExtended, randomPartner, writeExtended } from './operands.ts';
import { INPUT, INPUT_BYTES, OPERATIONS, OUTPUT, OUTPUT_BYTES } from './routineCases.ts';
import { loadSoftFloat } from './softFloatLibrary.ts';

const BATCH = 4096;

/** Runs random cases of an operation on the host's processor and in the library; returns what differs. */
export function compareRoutine(program: string, number: number, count: number, seed: number): string[] {
  const library = loadSoftFloat();
  const operation = OPERATIONS[number];
  const random = new Random(seed + number);
  const found: string[] = [];
  for (let done = 0; done < count; done += BATCH) {
    const size = Math.min(BATCH, count - done);
    const input = new Uint8Array(size * INPUT_BYTES);
    for (let index = 0; index < size; index++) {
      writeCase(new DataView(input.buffer, index * INPUT_BYTES, INPUT_BYTES), number, random);
    }
    const output = execFileSync(program, { input, maxBuffer: size * OUTPUT_BYTES + 1024 });
    for (let index = 0; index < size; index++) {
      const given = new DataView(input.buffer, index * INPUT_BYTES, INPUT_BYTES);
      const expected = output.subarray(index * OUTPUT_BYTES, (index + 1) * OUTPUT_BYTES);
      const { bytes, status } = operation.run(library, given);
      const native = expected.readUInt16LE(OUTPUT.status);
      const isSame =
        ((status ^ native) & operation.statusMask) === 0 &&
        expected.subarray(0, operation.resultBytes).equals(bytes.subarray(0, operation.resultBytes));
      if (!isSame)
        found.push(
          `${operation.name} ${Buffer.from(input.subarray(index * INPUT_BYTES, (index + 1) * INPUT_BYTES)).toString('hex')}`,
        );
    }
  }
  return found;
}

function writeCase(view: DataView, number: number, random: Random): void {
  const { name } = OPERATIONS[number];
  view.setUint16(INPUT.operation, number, true);
  view.setUint16(INPUT.control, randomControl(random), true);
  const first = randomExtended(random);
  writeExtended(view, INPUT.a, first);
  writeExtended(view, INPUT.b, randomPartner(random, first));
  if (name === 'fbld') {
    for (let at = 0; at < 9; at++) view.setUint8(INPUT.a + at, random.below(10) * 16 + random.below(10));
  }
  if (/ m(32|64)$/.test(name) && random.chance(60)) {
    // Denormals, infinities and NaNs of the narrower formats, which random bits hardly ever are.
    const at = (name.startsWith('fld') ? INPUT.a : INPUT.b) + (name.endsWith('m64') ? 4 : 0);
    const special = random.pick([
      0,
      0x7f80_0000,
      0x7ff0_0000,
      0x7fc0_0000,
      0x7ff4_0000,
      0x10,
      random.word() & 0x807f_ffff,
    ]);
    view.setUint32(at, special | random.pick([0, 1, 0x1234, 0x8000_0000]), true);
  }
}
