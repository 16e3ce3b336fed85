import path from 'node:path';
import type { DiskImage } from '../../machine/images/DiskImage.ts';
import { type HostFile, ImageError } from '../../machine/images/HostFile.ts';
import { openImage } from '../../machine/images/openImage.ts';
import type { ExportedSnapshots } from '../snapshots/SnapshotStore.ts';
import { NO_SNAPSHOTS, type SnapshotTree } from '../snapshots/SnapshotTree.ts';
import { describingFile, readStoredSnapshot } from '../snapshots/StoredSnapshot.ts';
import { removeUnfinishedOf } from './files.ts';
import { type ArchiveContents, writeMachineArchive } from './MachineArchive.ts';
import { NodeImageHost } from './NodeImageHost.ts';
import { filesOf, type StoredMachine } from './StoredMachine.ts';

/** What of a machine is exported beside its definition and program. */
export interface ExportChoice {
  readonly withSnapshots: boolean;
  /** Whether the images in its drives come along; without them its drives are empty where it is imported. */
  readonly withImages: boolean;
  /** Files of layers, with all those that they name in turn. None of them is being written. */
  readonly layers: readonly string[];
}

/**
 * Writes a machine as one file. Throws what the file system throws, and `ImageError`.
 * @param folder the machine's
 * @param disks where its layers lie
 */
export async function exportMachine(
  machine: StoredMachine,
  places: { readonly folder: string; readonly disks: string },
  exported: ExportedSnapshots,
  choice: ExportChoice,
  file: string,
): Promise<void> {
  const tree: SnapshotTree = choice.withSnapshots ? exported.tree : NO_SNAPSHOTS;
  const snapshots = choice.withSnapshots ? exported.files : [];
  const named = [
    ...filesOf(machine.program).map(({ sha256 }) => sha256),
    ...tree.entries.flatMap(({ files }) => files),
  ];
  const files = [...new Set(named)];
  const images: DiskImage[] = [];
  const layers: HostFile[] = [];
  try {
    const imagePaths = choice.withImages ? await imagesOf(machine, snapshots) : [];
    for (const image of imagePaths) {
      const opened = openImage(new NodeImageHost(), image, 'read-only');
      if (!opened.ok) throw new ImageError('refused', opened.message);
      images.push(opened.image);
    }
    const layerNames = choice.withImages ? choice.layers : [];
    for (const name of layerNames) layers.push(new NodeImageHost().open(path.join(places.disks, name), 'read-only'));
    const contents: ArchiveContents = {
      files,
      images: images.map(({ byteLength }, index) => ({ path: imagePaths[index] ?? '', byteLength })),
      layers: layers.map((layer, index) => ({ name: layerNames[index] ?? '', byteLength: layer.size() })),
      pageBatches: choice.withSnapshots ? exported.batchCount : 0,
    };
    // The user's folder is swept by nobody else.
    await removeUnfinishedOf(file);
    const none = async function* (): AsyncGenerator<Uint8Array> {};
    await writeMachineArchive(
      file,
      { machine, tree, contents },
      {
        files: files.map((sha256) => path.join(places.folder, sha256)),
        snapshots,
        images,
        layers,
        pages: choice.withSnapshots ? exported.batches : none,
      },
    );
  } finally {
    for (const disk of [...images, ...layers]) disk.close();
  }
}

/** The images that are in drives of the machine, or were when a snapshot was taken. */
async function imagesOf(machine: StoredMachine, snapshots: readonly string[]): Promise<string[]> {
  const paths = new Set(machine.drives.map((drive) => drive.path));
  for (const file of snapshots) {
    const { definition } = await describingFile(file, readStoredSnapshot);
    for (const drive of definition.drives) paths.add(drive.path);
  }
  return [...paths];
}
