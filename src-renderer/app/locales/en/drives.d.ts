export declare const drives: {
    drive: {
        drives: string;
        devices: string;
        floppy: string;
        cdrom: string;
        hda: string;
        hdb: string;
        vda: string;
        empty: string;
        emptyHint: string;
        menuOf: string;
        insert: string;
        eject: string;
        access: string;
        accessHint: string;
        whileOff: string;
        choose: string;
        takeOut: string;
        failing: string;
        settings: string;
    };
    access: {
        'read-write': string;
        'read-only': string;
        overlay: string;
    };
};
