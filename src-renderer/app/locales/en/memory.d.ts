export declare const memory: {
    memorySection: {
        bytes: string;
        compare: string;
        map: string;
    };
    memoryMap: {
        ram: string;
        rom: string;
        video: string;
        device: string;
        none: string;
        userWritable: string;
        userReadOnly: string;
        writable: string;
        readOnly: string;
        pagingOff: string;
        cut: string;
    };
    memoryCompare: {
        with: string;
        run: string;
        snapshot: string;
        machine: string;
        previous: string;
        next: string;
        same: string;
        differ: string;
        address: string;
        here: string;
        there: string;
        nobody: string;
    };
    memory: {
        sections: string;
        show: string;
        goTo: string;
        space: string;
        physical: string;
        linear: string;
        previous: string;
        next: string;
        off: string;
        values: string;
        pausedHint: string;
        runningHint: string;
    };
    memoryRange: {
        menu: string;
        fill: string;
        save: string;
        load: string;
        run: {
            fill: string;
            save: string;
            load: string;
        };
        first: string;
        last: string;
        at: string;
        pattern: string;
        kind: string;
        backwards: string;
        long: string;
        pause: string;
    };
    memorySearch: {
        find: string;
        kind: string;
        next: string;
        previous: string;
        nowhere: string;
        hex: string;
        text: string;
        u8: string;
        u16: string;
        u32: string;
        u64: string;
        wrong: {
            hex: string;
            text: string;
            u8: string;
            u16: string;
            u32: string;
            u64: string;
        };
    };
};
