import { expect, type ElectronApplication, type Locator, type Page } from '@playwright/test';
import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { TEST_IDS, tabTestId, type TestId } from '../../../src-renderer/app/testIds.ts';
import type { Vivarium } from './vivarium.ts';

/** The window as a user sees it: its parts by name, a machine's registers by value. */
export class Desk {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Resolves to the app's exit status once it has ended. */
  readonly ended: Promise<number | null>;
  private readonly process: ChildProcess;

  constructor({ app, process, window }: Vivarium) {
    this.app = app;
    this.page = window;
    this.process = process;
    this.ended = new Promise((resolve) => process.once('exit', resolve));
  }

  /** As the power failing would: nothing can be saved. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  part(id: TestId): Locator {
    return this.page.getByTestId(id);
  }

  /** The tab of a panel of the machine in view. */
  tab(panel: Panel): Locator {
    return this.part(tabTestId(panel));
  }

  get rows(): Locator {
    return this.part(TEST_IDS.vmRow);
  }

  row(name: string): Locator {
    return this.page.locator(`[data-testid="${TEST_IDS.vmRow}"][data-vm-name="${name}"]`);
  }

  async select(name: string): Promise<void> {
    await this.row(name).click();
    await expect(this.part(TEST_IDS.machineName)).toContainText(name);
  }

  async expectState(name: string, state: string): Promise<void> {
    await expect(this.row(name)).toHaveAttribute('data-state', state);
  }

  /** A register of the machine in view, in the strip that is always in sight. */
  register(name: string): Locator {
    return this.part(TEST_IDS.registerStrip).locator(`[data-register="${name}"]`);
  }

  async registerValue(name: string): Promise<number> {
    return Number(await this.register(name).getAttribute('data-value'));
  }

  async registerValues<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
    const pairs = await Promise.all(names.map(async (name) => [name, await this.registerValue(name)] as const));
    return Object.fromEntries(pairs) as Record<Name, number>;
  }

  async expectRegister(name: string, value: number): Promise<void> {
    await expect.poll(() => this.registerValue(name), { message: `register ${name}` }).toBe(value);
  }

  /** The line of the vCPU's next instruction, in the code panel. */
  get currentLine(): Locator {
    return this.page.locator(`[data-testid="${TEST_IDS.disassemblyLine}"][data-current="true"]`);
  }

  codeLine(address: number): Locator {
    return this.page.locator(`[data-testid="${TEST_IDS.disassemblyLine}"][data-address="0x${address.toString(16)}"]`);
  }

  /** The next dialog for opening files answers with these; dialogs of the system cannot be clicked by a test. */
  async willChoose(...files: string[]): Promise<void> {
    await this.app.evaluate(({ dialog }, filePaths) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: filePaths.length === 0, filePaths });
    }, files);
  }

  async willSaveAs(file: string): Promise<void> {
    await this.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
  }

  /** Drops files from the host's file manager onto a part of the window. */
  async drop(target: Locator, ...files: string[]): Promise<void> {
    // Only a file input makes `File`s with a path behind them.
    const input = await this.page.evaluateHandle(() => {
      const element = document.createElement('input');
      element.type = 'file';
      element.multiple = true;
      element.hidden = true;
      document.body.append(element);
      return element;
    });
    await input.setInputFiles(files);
    const transfer = await this.page.evaluateHandle((element) => {
      const data = new DataTransfer();
      for (const file of element.files ?? []) data.items.add(file);
      element.remove();
      return data;
    }, input);
    for (const event of ['dragenter', 'dragover', 'drop']) {
      await target.dispatchEvent(event, { dataTransfer: transfer, bubbles: true, cancelable: true });
    }
  }

  /** Enlarges what the window shows, as the menu's items do. */
  async zoom(factor: number): Promise<void> {
    await this.app.evaluate(({ BrowserWindow }, to) => {
      BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(to);
    }, factor);
  }

  /** Chooses an item of the application's menu, as a click on it would. */
  async menu(command: string): Promise<void> {
    await this.app.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(), command);
  }
}

/** Writes a program file and returns its path. */
export async function programFile(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

/** Counts for ever: three instructions, each with one visible effect. */
export const COUNTER = `        bits 16
        org 0x7c00
start:  xor ecx, ecx
        mov eax, 0
again:  inc ecx
        add eax, 3
        jmp again
`;
