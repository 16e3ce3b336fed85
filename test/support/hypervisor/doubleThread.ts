import { runVcpuThread } from '../../../src-main/hypervisor/threads/runVcpuThread.ts';
import { DoubleMachine } from './DoubleMachine.ts';

runVcpuThread((definition, sinks) => new DoubleMachine(definition, sinks));
