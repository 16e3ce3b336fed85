import { expect, test } from 'vitest';
import { GdbServers } from '../../../src-main/control/GdbServers.ts';
import { FakeHypervisor } from '../../support/hypervisor/FakeHypervisor.ts';

test('a machine that is deleted while its port is opened leaves no server behind', async () => {
  const hypervisor = new FakeHypervisor();
  const created = await hypervisor.create({});
  if (!created.ok) throw new Error('no machine');
  const { id } = created.value;
  await hypervisor.start(id);
  const servers = new GdbServers(hypervisor);
  const opening = servers.open(id, null);
  // The port is being asked for.
  await Promise.resolve();
  await hypervisor.powerOff(id);
  await hypervisor.delete(id);
  expect(await opening).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
  expect(servers.status(id)).toBeNull();
});
