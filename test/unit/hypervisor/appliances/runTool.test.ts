import { expect, test } from 'vitest';
import { checkHost } from '../../../../src-main/hypervisor/appliances/DebianMini.ts';
import { Cancelled, runTool, ToolFailure } from '../../../../src-main/hypervisor/appliances/runTool.ts';

const { signal } = new AbortController();
const node = (script: string, options: { readonly input?: Uint8Array; readonly ignoresStatus?: boolean } = {}) =>
  runTool(process.execPath, ['-e', script], { signal, ...options });

test('gives back what a tool writes', async () => {
  expect((await node('process.stdin.pipe(process.stdout)', { input: Buffer.from('in and out') })).toString()).toBe(
    'in and out',
  );
});

test('a tool that fails says why in its own last words', async () => {
  const failing = 'console.error("looking"); console.error("E: no such package"); process.exit(3)';
  await expect(node(failing)).rejects.toThrow(/failed: E: no such package$/);
  expect((await node(`console.log("all"); ${failing}`, { ignoresStatus: true })).toString()).toBe('all\n');
});

test('a tool that is not there is a failure of its own', async () => {
  await expect(runTool('vivarium-no-such-tool', [], { signal })).rejects.toThrow(ToolFailure);
});

test('a cancelled build ends the tool at work, and starts no other', async () => {
  const build = new AbortController();
  const work = runTool(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { signal: build.signal });
  setTimeout(() => build.abort(), 100);
  await expect(work).rejects.toThrow(Cancelled);
  await expect(runTool(process.execPath, ['-e', ''], { signal: build.signal })).rejects.toThrow(Cancelled);
});

test('a host without the package manager is told what to do instead', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const host = await checkHost(signal);
    expect(host).toMatchObject({ ok: false });
    expect(host.ok ? '' : host.error.message).toMatch(/has no apt-get.*kernel \(vmlinuz\)/);
  } finally {
    process.env['PATH'] = path;
  }
});
