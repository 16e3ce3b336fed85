export const drives = {
  drive: {
    drives: 'Drives',
    devices: 'Drives and network',
    floppy: 'Floppy drive',
    cdrom: 'CD-ROM drive',
    hda: 'First hard disk',
    hdb: 'Second hard disk',
    vda: 'Virtio disk',
    empty: 'empty',
    emptyHint: '{drive}: empty. Click to insert an image, or drop one onto the machine.',
    menuOf: '{drive}: {file}',
    insert: 'Insert an image…',
    eject: 'Eject',
    access: 'What happens to writes',
    accessHint:
      'Writable: kept in the image. Read-only: refused. Overlay: kept until the machine is powered off; the image stays as it is.',
    whileOff:
      'Power the machine off to change drives; diskettes and CDs can be changed at any time, below the machine’s screen.',
    choose: 'Choose an image for: {drive}',
    takeOut: 'Take out of: {drive}',
    failing: 'failing',
    settings: 'Drives and settings…',
  },
  access: { 'read-write': 'Writable', 'read-only': 'Read-only', overlay: 'Overlay' },
};
