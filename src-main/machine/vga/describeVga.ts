import { type DeviceDescription, partOf, register, type RegisterReading } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

/** By index: what the registers behind an index are called (IBM PS/2 Hardware Interface Technical Reference). */
const SEQUENCER = ['Reset', 'Clocking mode', 'Map mask', 'Character map select', 'Memory mode'];
const GRAPHICS = [
  'Set/reset',
  'Enable set/reset',
  'Colour compare',
  'Data rotate',
  'Read map select',
  'Mode',
  'Miscellaneous',
  'Colour don’t care',
  'Bit mask',
];
const CRTC = [
  'Horizontal total',
  'Horizontal display end',
  'Start horizontal blank',
  'End horizontal blank',
  'Start horizontal retrace',
  'End horizontal retrace',
  'Vertical total',
  'Overflow',
  'Preset row scan',
  'Maximum scan line',
  'Cursor start',
  'Cursor end',
  'Start address high',
  'Start address low',
  'Cursor location high',
  'Cursor location low',
  'Vertical retrace start',
  'Vertical retrace end',
  'Vertical display end',
  'Offset',
  'Underline location',
  'Start vertical blank',
  'End vertical blank',
  'Mode control',
  'Line compare',
];
const ATTRIBUTE = [
  ...Array.from({ length: 16 }, (_, index) => `Palette ${index}`),
  'Mode control',
  'Overscan colour',
  'Colour plane enable',
  'Horizontal panning',
  'Colour select',
];
/** Bits of those registers that hold several things. */
const FIELDS: Readonly<Record<string, string>> = {
  'Sequencer 1': '5 screen off, 4 shift 4, 3 dot clock, 2 shift load, 0 8/9 dots',
  'Sequencer 4': '3 chain 4, 2 odd/even off, 1 extended memory',
  'Graphics 3': '4..3 function, 2..0 rotate',
  'Graphics 5': '6 256 colours, 5 shift, 4 odd/even, 3 read mode, 1..0 write mode',
  'Graphics 6': '3..2 memory map, 1 chain odd/even, 0 graphics',
  'CRTC 9': '7 double scan, 6 line compare 9, 5 vertical blank 9, 4..0 scan lines',
  'CRTC 17': '7 protect, 5 no vertical interrupt, 3..0 end',
  'CRTC 23': '7 enable, 6 byte mode, 5 wrap, 3 count by 2, 2 retrace select, 1 row scan, 0 compatibility',
  'Attribute 16': '7 P5 and P4, 6 256 colours, 5 panning, 3 blink, 2 line graphics, 1 mono, 0 graphics',
};

export const VGA_REGISTERS: DeviceDescription = {
  model: 'VGA',
  group: 'display',
  registers: (state) => {
    const { number, bytes } = fieldsIn(state);
    const file = (part: string, field: string, names: readonly string[]): RegisterReading[] =>
      partOf(
        part,
        bytes(field).map((value, index) =>
          register(
            `${index.toString(16).padStart(2, '0')} ${names[index] ?? ''}`,
            8,
            value,
            FIELDS[`${part} ${index}`],
          ),
        ),
      );
    return [
      register('Miscellaneous output', 8, number('misc'), '7 −VSYNC, 6 −HSYNC, 5 page, 3..2 clock, 1 RAM, 0 colour'),
      register('Subsystem enable', 8, number('enable')),
      register('DAC mask', 8, number('dacMask')),
      register('DAC write index', 8, number('dacWriteIndex')),
      register('DAC read index', 8, number('dacReadIndex')),
      ...file('Sequencer', 'sequencer', SEQUENCER),
      ...file('Graphics', 'graphics', GRAPHICS),
      ...file('CRTC', 'crtc', CRTC),
      ...file('Attribute', 'attribute', ATTRIBUTE),
    ];
  },
};

/** By index. */
const VBE = [
  ...['ID', 'XRES', 'YRES', 'BPP', 'ENABLE', 'BANK', 'VIRT_WIDTH', 'VIRT_HEIGHT', 'X_OFFSET', 'Y_OFFSET'],
  'VIDEO_MEMORY_64K',
];

export const VBE_REGISTERS: DeviceDescription = {
  model: 'VBE DISPI',
  group: 'display',
  registers: (state) => {
    // Words, which `VbeRegisters.restore` checks.
    const registers = state['registers'] as readonly number[];
    return [
      register('INDEX', 16, fieldsIn(state).number('index')),
      ...registers.map((value, index) =>
        register(
          VBE[index] ?? '',
          16,
          value,
          VBE[index] === 'ENABLE' ? '7 keep memory, 6 linear, 5 8-bit DAC, 1 capabilities, 0 enabled' : '',
        ),
      ),
    ];
  },
};
