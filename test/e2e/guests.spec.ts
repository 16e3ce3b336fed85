import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

/** Sends the same frame over an NE2000 at 300h for ever: a broadcast of 60 bytes. */
const SENDER = `        bits 16
        mov cx, commands.end - commands
        mov si, commands
        shr cx, 1
.setUp: lodsw
        call write
        loop .setUp
        mov cx, 30
        mov dx, 0x310
        mov ax, 0xffff
.data:  out dx, ax
        loop .data
.send:  mov ax, 0x2600
        call write
        mov cx, 20000
        loop $
        jmp .send

; AL: register, AH: value
write:  mov dx, 0x300
        add dl, al
        mov al, ah
        out dx, al
        ret

; Stop; words; no remote transfer; broadcasts; the ring's pages; start; 60 bytes into page 40h; what is sent from there
commands: db 0x00, 0x21, 0x0e, 0x49, 0x0a, 0, 0x0b, 0, 0x0c, 4, 0x0d, 0, 0x01, 0x46, 0x02, 0x60, 0x03, 0x46
        db 0x07, 0xff, 0x0f, 0, 0x00, 0x22, 0x0a, 60, 0x0b, 0, 0x08, 0, 0x09, 0x40, 0x00, 0x12
        db 0x04, 0x40, 0x05, 60, 0x06, 0
.end:
`;

async function runSample(desk: Desk, id: string): Promise<void> {
  await desk.page.locator(`[data-sample-id="${id}"]`).getByTestId(TEST_IDS.sampleRun).click();
  await expect(desk.rows).toHaveCount(1);
}

/** What the guest shows, as the machine's owner could copy it. */
async function screenText(desk: Desk): Promise<string> {
  return desk.page.evaluate(async () => {
    const list = (await window.vivarium.call('vm:list', undefined)) as { value: { id: string }[] };
    const screen = await window.vivarium.call('vm:screenText', { id: list.value[0]?.id });
    return (screen as { value?: string[] }).value?.join('\n') ?? '';
  });
}

test('keys pressed on the screen reach the guest', async ({ launch, picture }) => {
  const desk = new Desk(await launch());
  await runSample(desk, 'echo');
  await desk.part(TEST_IDS.screen).click();
  await desk.page.keyboard.type('hello there', { delay: 40 });
  await expect.poll(() => screenText(desk)).toMatch(/hello there/i);
  await picture(desk.page, 'keyboard');
});

test('keys of a host with another layout reach the guest by their places, and its own layout says what they mean', async ({
  launch,
}) => {
  const desk = new Desk(await launch());
  await runSample(desk, 'echo');
  await desk.part(TEST_IDS.screen).click();
  const devtools = await desk.page.context().newCDPSession(desk.page);
  // What a German keyboard calls Z, Y and ö: the guest has a US layout.
  for (const [code, key] of [
    ['KeyY', 'z'],
    ['KeyZ', 'y'],
    ['Semicolon', 'ö'],
  ] as const) {
    await devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', code, key });
    await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', code, key });
  }
  await expect.poll(() => screenText(desk)).toMatch(/yz;/i);
});

test('the network’s light says when frames pass', async ({ launch, picture }) => {
  const desk = new Desk(await launch());
  await desk.page.evaluate(
    (text) =>
      window.vivarium.call('vm:create', {
        settings: { name: 'sender', profile: 'isa', network: { kind: 'segment', name: 'lab' } },
        program: { kind: 'text', name: 'sender.asm', text },
        start: true,
      }),
    SENDER,
  );
  await desk.rows.first().click();
  const light = desk.part(TEST_IDS.networkLight);
  await expect(light).toContainText('lab');
  await expect(light).not.toHaveAttribute('data-light', 'off');
  await picture(desk.page, 'network-light');
  await desk.part(TEST_IDS.pause).click();
  await expect(light).toHaveAttribute('data-light', 'off');
});

test('the mouse is the guest’s until it is taken back, and what it plays is heard', async ({ launch, picture }) => {
  const desk = new Desk(await launch());
  await runSample(desk, 'pointer');
  const { mouse, keyboard } = desk.page;
  const sound = desk.part(TEST_IDS.soundMute);
  await desk.part(TEST_IDS.screenMouse).click();
  await expect(desk.page.getByText('has your keyboard and mouse')).toBeVisible();
  await mouse.move(400, 300);
  await mouse.down();
  await mouse.move(450, 330, { steps: 5 });
  await expect(sound).toHaveAttribute('data-sounding', 'true');
  await picture(desk.page, 'pointer');
  await mouse.up();
  await expect(sound).toHaveAttribute('data-sounding', 'false');
  await keyboard.press('Control+Alt+KeyG');
  await expect(desk.page.getByText('has your keyboard and mouse')).toBeHidden();
  await sound.click();
  await expect(sound).toHaveAttribute('aria-pressed', 'true');
  await expect(desk.part(TEST_IDS.soundVolume)).toHaveValue('0');
});

test('the console shows the serial line and types into it', async ({ launch, picture }) => {
  const desk = new Desk(await launch());
  await runSample(desk, 'hello');
  await desk.tab('console').click();
  const rows = desk.part(TEST_IDS.console).locator('.xterm-rows');
  await expect(rows).toContainText(/hello/i);
  await desk.part(TEST_IDS.console).click();
  await desk.page.keyboard.type('quetzal', { delay: 40 });
  await expect(rows).toContainText('quetzal');
  await picture(desk.page, 'console');
});

test('a game of life goes on, and sleeps in between', async ({ launch, picture }) => {
  const desk = new Desk(await launch());
  await runSample(desk, 'life');
  const first = await screenText(desk);
  await expect.poll(() => screenText(desk)).not.toBe(first);
  await desk.tab('processor').click();
  await expect(desk.page.locator('[data-flag="IF"]').first()).toBeVisible();
  await picture(desk.page, 'processor', { documented: true });
});

test('memory is shown as it is', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.select('counter');
  await desk.tab('memory').click();
  await desk.part(TEST_IDS.memoryAddress).fill('0x7c00');
  await desk.part(TEST_IDS.memoryAddress).press('Enter');
  // xor ecx, ecx; mov eax, 0
  await expect(desk.part(TEST_IDS.memoryView)).toContainText(/66\s*31\s*c9\s*66\s*b8\s*00/i);
  await picture(desk.page, 'memory');
});

/** Prints as fast as it can. */
const FLOOD = `        bits 16
        org 0x7c00
again:  mov dx, 0x3f8
        mov si, text
next:   cs lodsb
        test al, al
        jz again
        out dx, al
        jmp next
text:   db 'The quick brown fox jumps over the lazy dog.', 13, 10, 0
`;

/** Frames that the page drew in three seconds: 180 on an idle host. */
async function framesDrawn(desk: Desk): Promise<number> {
  return desk.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const end = performance.now() + 3000;
        let frames = 0;
        const onFrame = (now: number): void => {
          frames++;
          if (now < end) requestAnimationFrame(onFrame);
          else resolve(frames);
        };
        requestAnimationFrame(onFrame);
      }),
  );
}

test('a guest that floods its serial line leaves the window fluid', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'flood.asm', FLOOD)] }));
  await desk.select('flood');
  await desk.tab('processor').click();
  // How fluid it is otherwise, on a host that may be busy with more than this.
  const otherwise = await framesDrawn(desk);
  await desk.tab('console').click();
  await expect(desk.part(TEST_IDS.console).locator('.xterm-rows')).toContainText('lazy dog');
  expect(await framesDrawn(desk)).toBeGreaterThan(otherwise / 4);
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('flood', 'paused');
});
