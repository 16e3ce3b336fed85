/**
 * A code record: one translated guest instruction, or one of the translator's own steps. Records of a
 * block follow each other in the arena; a handler ends in a tail call to the handler of the next record.
 *
 * Offsets in bytes. Register fields hold the byte offset of the register in the vCPU's state.
 */
export const RECORD = {
  /** u32: table index of the handler. */
  handler: 0,
  /** u16: first and second register operand. */
  registerA: 4,
  registerB: 6,
  /** u16: base and index register of a memory operand; STATE.zero when absent. */
  base: 8,
  index: 10,
  /** i32: displacement of a memory operand; for jumps out of the page the target relative to the page's start. */
  displacement: 12,
  /** i32: immediate operand, or offset of a far pointer. */
  immediate: 16,
  /** u32: record that a jump inside the page goes to; second immediate; selector of a far pointer. */
  link: 20,
  /** u16: offset of the instruction in its page. */
  pageOffset: 24,
  /** u16: offset of the following instruction; beyond 0xfff when that lies in the next page. */
  nextOffset: 26,
  /** u8: instructions of the block up to and including this one. */
  count: 28,
  /** u8: log2 of the index register's scale. */
  scale: 29,
  /** u16: state offset of the segment register of a memory operand. */
  segment: 30,
  size: 32,
} as const;

/** Instructions in a block at most; `count` holds it. */
export const MAX_BLOCK_INSTRUCTIONS = 64;
