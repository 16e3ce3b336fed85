import { Desk, programFile } from './support/Desk.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { expect, test } from './support/vivarium.ts';

/** Protected mode with paging on: 4 MiB at 0 for supervisors, one page at 0x500000 to be read alone. Then x87, SSE, HLT. */
const PAGED = `        bits 16
        org 0x7c00
        cli
        lgdt [gdtr]
        lidt [idtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:flat
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
        dq 0x0000890090000067, 0x00cffa000000ffff
gdtr:   dw 39
        dd gdt
idtr:   dw 0x7ff
        dd 0x8000
        bits 32
flat:   mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov dword [0x9004], 0x6000
        mov ax, 24
        ltr ax
        mov dword [0x8000 + 14*8], 0x00081234
        mov dword [0x8000 + 14*8 + 4], 0x00008e00
        mov dword [0x20000], 0x00000083
        mov dword [0x20004], 0x00021007
        mov dword [0x21000 + 256*4], 0x00500005
        mov eax, 0x20000
        mov cr3, eax
        mov eax, cr4
        or eax, 0x210
        mov cr4, eax
        mov eax, cr0
        or eax, 0x80010000
        mov cr0, eax
        fninit
        fldpi
        fld1
        mov eax, 0x40490fdb
        movd xmm3, eax
        hlt
`;

test('what a processor holds is decoded: tables, tasks, paging, vectors', async ({ launch, home, picture }) => {
  test.slow();
  const file = await programFile(home, 'paged.asm', PAGED);
  const desk = new Desk(await launch({ args: [file] }));
  await expect(desk.row('paged')).toBeVisible({ timeout: 30_000 });
  await desk.select('paged');
  await desk.part('tab-processor').click();
  const { page } = desk;
  const section = (name: string) => page.getByTestId(`choice-${name}`).click();

  await section('vectors');
  const register = (id: string, name: string) => page.locator(`[data-testid="${id}"][data-register="${name}"]`);
  await expect(register(TEST_IDS.x87Register, 'st0')).toContainText('1', { timeout: 30_000 });
  await expect(register(TEST_IDS.x87Register, 'st1')).toContainText('3.141592653589793');
  await expect(register(TEST_IDS.xmmRegister, 'xmm3')).toContainText('3.1415927');
  await picture(page, 'processor-vectors');

  await section('tables');
  const descriptor = (place: number) => page.locator(`[data-testid="${TEST_IDS.descriptor}"][data-place="${place}"]`);
  await expect(descriptor(8)).toContainText(/code.*00000000 – ffffffff.*r-x 32/);
  await section('ldt');
  await expect(page.getByText('There is no LDT: LDTR is null.')).toBeVisible();
  await section('gdt');
  await expect(descriptor(24)).toContainText('32-bit task state, busy');
  await section('idt');
  await expect(descriptor(14)).toContainText(/32-bit interrupt gate.*0008:00001234/);
  await section('tss');
  await expect(desk.part(TEST_IDS.taskField).filter({ hasText: /^esp0/ }).first()).toContainText('00006000');

  await section('paging');
  const ranges = desk.part(TEST_IDS.pageRange);
  await expect(ranges.first()).toContainText(/00000000 – 003fffff.*rwx s.*→ 00000000/);
  await ranges.nth(1).click();
  await expect(ranges.nth(2)).toContainText(/00500000 – 00500fff.*r-x u/);
  // Why an access would fault is the engine's own answer, and the entry that forbids it is shown.
  await desk.part(TEST_IDS.accessAddress).fill('500123');
  await desk.part(TEST_IDS.accessAddress).press('Enter');
  const verdict = desk.part(TEST_IDS.accessVerdict);
  await expect(verdict).toContainText('0x00500123 leads to physical address 0x00500123: memory.');
  await section('write');
  await expect(verdict).toContainText('raises #PF with error code 0x3: table entry 0x100 does not allow writes.');
  await picture(page, 'processor-paging');
  await section('user');
  await section('read');
  await desk.part(TEST_IDS.accessAddress).fill('7c00');
  await desk.part(TEST_IDS.accessAddress).press('Enter');
  await expect(verdict).toContainText('error code 0x5: directory entry 0x0 is for the supervisor only');

  await desk.part(TEST_IDS.navSettings).click();
  await desk.part(TEST_IDS.settingsTheme).getByTestId('choice-dark').click();
  await desk.part(TEST_IDS.settingsLanguage).getByTestId('choice-zh-CN').click();
  await page.keyboard.press('Escape');
  await section('tables');
  await expect(descriptor(8)).toContainText('代码段');
  await picture(page, 'processor-tables-dark-chinese');
});
