import { AT } from './machineModes.ts';
import type { Random } from './Random.ts';
import type { Ingredients } from './randomProgram.ts';
import { randomVectorInstruction, vectorPrelude } from './randomVectors.ts';

const REGISTERS = ['eax', 'ebx', 'edx', 'ebp'];
const WORDS = ['ax', 'bx', 'dx', 'bp'];
const BYTES = ['al', 'ah', 'bl', 'bh', 'dl', 'dh'];
const CONDITIONS = ['o', 'no', 'b', 'ae', 'z', 'nz', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g'];
const BINARY = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp', 'test', 'mov', 'xchg', 'xadd', 'cmpxchg'];
const UNARY = ['inc', 'dec', 'neg', 'not'];
const SHIFTS = ['shl', 'shr', 'sar', 'rol', 'ror', 'rcl', 'rcr'];

/**
 * NASM text of a program of loops, branches, calls and indirect jumps over random instructions, which ends in HLT:
 * what regions are made of. Its data lie at ESI, which may be unaligned and near a page's end.
 */
export function randomLoops(random: Random, ingredients: Ingredients = 'integer'): string {
  return new LoopProgram(random, ingredients).text();
}

class LoopProgram {
  private readonly random: Random;
  private readonly ingredients: Ingredients;
  private readonly lines: string[] = [];
  private readonly functions: string[][] = [];
  private labels = 0;

  constructor(random: Random, ingredients: Ingredients) {
    this.random = random;
    this.ingredients = ingredients;
  }

  text(): string {
    const { random } = this;
    const functionCount = random.below(4);
    for (let index = 0; index < functionCount; index++) {
      const body: string[] = [`function${index}:`];
      this.statements(body, 2, 4, index);
      body.push(random.chance(20) ? 'ret 0' : 'ret');
      this.functions.push(body);
    }
    this.lines.push(`mov esi,${AT.data + random.below(0x200) + (random.chance(30) ? 0xe00 : 0)}`);
    this.lines.push('lea edi,[esi+0x40]');
    if (this.ingredients === 'vector') this.lines.push(...vectorPrelude());
    this.statements(this.lines, 3, 6, functionCount);
    this.lines.push('hlt', ...this.functions.flat());
    return this.lines.join('\n');
  }

  private label(): string {
    return `l${this.labels++}`;
  }

  private pick<T>(values: readonly T[]): T {
    return values[this.random.below(values.length)];
  }

  private statements(out: string[], depth: number, count: number, callable: number): void {
    for (let index = 0; index < 1 + this.random.below(count); index++) this.statement(out, depth, callable);
  }

  private statement(out: string[], depth: number, callable: number): void {
    const { random } = this;
    const kind = depth > 0 ? random.below(12) : 3 + random.below(9);
    if (kind === 0) this.loop(out, depth, callable);
    else if (kind <= 2) this.branch(out, depth, callable);
    else if (kind === 3 && callable > 0) this.call(out, callable);
    else for (let index = 0; index < 1 + random.below(5); index++) this.instruction(out);
  }

  private loop(out: string[], depth: number, callable: number): void {
    const { random } = this;
    const label = this.label();
    out.push('push ecx', `mov ecx,${1 + random.below(depth > 2 ? 40 : 6)}`, `${label}:`);
    this.statements(out, depth - 1, 4, callable);
    const endings = [
      ['dec ecx', `jnz near ${label}`],
      ['sub ecx,1', `ja near ${label}`],
      ['add ecx,-1', `jg near ${label}`],
    ];
    out.push(...this.pick(endings), 'pop ecx');
  }

  private branch(out: string[], depth: number, callable: number): void {
    const otherwise = this.label(),
      end = this.label();
    if (this.random.chance(50)) this.instruction(out);
    out.push(`j${this.pick(CONDITIONS)} near ${otherwise}`);
    this.statements(out, depth - 1, 3, callable);
    if (this.random.chance(50)) {
      out.push(`jmp ${end}`, `${otherwise}:`);
      this.statements(out, depth - 1, 3, callable);
      out.push(`${end}:`);
    } else {
      out.push(`${otherwise}:`);
    }
  }

  private call(out: string[], callable: number): void {
    const name = `function${this.random.below(callable)}`;
    if (this.random.chance(60)) out.push(`call ${name}`);
    else out.push('push edi', `mov edi,${name}`, 'call edi', 'pop edi');
  }

  private memory(width: string): string {
    const index = this.random.chance(30) ? '+ecx*4' : '';
    return `${width} [${this.pick(['esi', 'edi'])}${index}+${this.random.below(0x60)}]`;
  }

  private instruction(out: string[]): void {
    const { random } = this;
    if (this.ingredients === 'vector' && random.chance(70)) {
      const register = (): string => this.pick(REGISTERS);
      out.push(randomVectorInstruction(random, { register, memory: (width) => this.memory(width) }));
      return;
    }
    const [width, names] = this.pick([
      ['dword', REGISTERS],
      ['dword', REGISTERS],
      ['word', WORDS],
      ['byte', BYTES],
    ] as const);
    const register = this.pick(names);
    const place = random.chance(35) ? this.memory(width) : register;
    switch (random.below(13)) {
      case 0:
        out.push(`${this.pick(UNARY)} ${place}`);
        break;
      case 1:
        out.push(`${this.pick(SHIFTS)} ${place},${random.chance(50) ? random.below(33) : 'cl'}`);
        break;
      case 2:
        out.push(`set${this.pick(CONDITIONS)} ${random.chance(30) ? this.memory('byte') : this.pick(BYTES)}`);
        break;
      case 3:
        out.push(`cmov${this.pick(CONDITIONS)} ${this.pick(REGISTERS)},${this.pick(REGISTERS)}`);
        break;
      case 4:
        out.push(`${this.pick(BINARY.slice(0, 10))} ${place},${random.below(256) - 128}`.replace('xchg', 'mov'));
        break;
      case 5:
        out.push(
          `mov${this.pick(['zx', 'sx'])} ${this.pick(REGISTERS)},${this.pick([this.memory('byte'), this.memory('word'), this.pick(BYTES)])}`,
        );
        break;
      case 6:
        out.push(
          `lea ${this.pick(REGISTERS)},[${this.pick(REGISTERS)}+${this.pick(REGISTERS)}*${this.pick([1, 2, 4, 8])}+${random.below(99)}]`,
        );
        break;
      case 7:
        out.push(`push ${this.pick(REGISTERS)}`, `pop ${this.pick(REGISTERS)}`);
        break;
      case 8:
        out.push(
          this.pick([
            'cdq',
            'cwde',
            'lahf',
            'sahf',
            'stc',
            'clc',
            'cmc',
            'bswap eax',
            'bswap edx',
            'cbw',
            'cld',
            'pushfd\npop eax',
          ]),
        );
        break;
      case 9:
        out.push(this.pick(['mul', 'imul']) + ` ${place}`);
        break;
      case 10:
        out.push(
          `${this.pick(['bt', 'bts', 'btr', 'btc', 'bsf', 'bsr'])} ${this.pick(REGISTERS)},${this.pick(REGISTERS)}`,
        );
        break;
      case 11:
        out.push(
          random.chance(50)
            ? `${this.pick(['shld', 'shrd'])} ${this.pick(REGISTERS)},${this.pick(REGISTERS)},${random.chance(50) ? random.below(33) : 'cl'}`
            : `imul ${this.pick(REGISTERS)},${this.memory('dword')},${random.below(300)}`,
        );
        break;
      default:
        out.push(`${this.pick(BINARY)} ${place},${register}`);
    }
  }
}
