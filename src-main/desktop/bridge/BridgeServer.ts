import { MessageChannelMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { contract, type EventName, type EventPayload } from '../../../src-preload/contract/contract.ts';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import type { FileGrant } from '../../../src-preload/contract/programs.ts';
import { IPC_CHANNELS } from '../../../src-preload/contract/VivariumBridge.ts';
import type { FileGrants } from '../../control/files/FileGrants.ts';
import type { StreamHub } from '../streams/StreamHub.ts';
import { isAppUrl } from '../window/appUrls.ts';
import { describeIssues, dispatchCall, isStreamName } from '../../control/dispatch.ts';
import type { Handlers } from '../../control/handlers.ts';
import { refuse, succeed } from '../../control/outcomes.ts';

/** The bridge's end in main: answers calls, streams and dropped files, which come by `BridgeDoor`, and sends events. */
export class BridgeServer {
  private readonly handlers: Handlers;
  private readonly streams: StreamHub;
  private readonly grants: FileGrants;
  private readonly onBug: (error: unknown, where: string) => void;
  private contents: WebContents | null = null;

  constructor(
    handlers: Handlers,
    streams: StreamHub,
    grants: FileGrants,
    onBug: (error: unknown, where: string) => void,
  ) {
    this.handlers = handlers;
    this.streams = streams;
    this.grants = grants;
    this.onBug = onBug;
  }

  call(event: IpcMainInvokeEvent, name: unknown, input: unknown): Outcome<unknown> | Promise<Outcome<unknown>> {
    return this.admit(event, () => dispatchCall(this.handlers, name, input, this.onBug));
  }

  openStream(
    event: IpcMainInvokeEvent,
    name: unknown,
    streamId: unknown,
    parameters: unknown,
  ): Outcome<void> | Promise<Outcome<void>> {
    return this.admit(event, () => this.streamTo(event.sender, name, streamId, parameters));
  }

  grantFile(event: IpcMainInvokeEvent, path: unknown): Outcome<FileGrant> | Promise<Outcome<FileGrant>> {
    return this.admit(event, () => {
      if (typeof path !== 'string' || path === '') {
        return refuse(
          'file-unreadable',
          'That is not a file on this computer. Save it first, then drop the saved file.',
        );
      }
      return succeed(this.grants.grant(path, 'read'));
    });
  }

  /** Events go to this page from now on; streams of the page before it end. */
  attach(contents: WebContents): void {
    this.contents = contents;
    this.streams.closeAll();
  }

  emit<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    if (this.contents && !this.contents.isDestroyed()) this.contents.send(IPC_CHANNELS.event, name, payload);
  }

  /** Only the window's own page may speak: no frame inside it, no other page. */
  private admit<Value>(
    event: IpcMainInvokeEvent,
    answer: () => Outcome<Value> | Promise<Outcome<Value>>,
  ): Outcome<Value> | Promise<Outcome<Value>> {
    const frame = event.senderFrame;
    const isOwn = event.sender === this.contents && frame !== null && frame.parent === null && isAppUrl(frame.url);
    return isOwn ? answer() : refuse('invalid-message', 'This page may not speak to the application.');
  }

  private streamTo(sender: WebContents, name: unknown, streamId: unknown, parameters: unknown): Outcome<void> {
    if (!isStreamName(name)) return refuse('unknown-message', `There is no stream ${String(name)}.`);
    if (typeof streamId !== 'number') return refuse('invalid-message', 'A stream needs a number.');
    const parsed = contract[name].parameters.safeParse(parameters);
    if (!parsed.success) return refuse('invalid-message', `${name}: ${describeIssues(parsed.error.issues)}`);
    const { port1, port2 } = new MessageChannelMain();
    const outcome = this.streams.open({ name, parameters: parsed.data } as Parameters<StreamHub['open']>[0], port1);
    if (outcome.ok) sender.postMessage(IPC_CHANNELS.streamPort, streamId, [port2]);
    else port1.close();
    return outcome;
  }
}
