export declare const devices: {
    deviceSection: {
        registers: string;
        interrupts: string;
        outputs: string;
    };
    deviceGroup: {
        interrupts: string;
        timers: string;
        storage: string;
        display: string;
        input: string;
        ports: string;
        network: string;
        sound: string;
        board: string;
    };
    deviceOutput: {
        com1: string;
        com2: string;
        com3: string;
        com4: string;
        debug: string;
        post: string;
        lpt1: string;
        lpt2: string;
        lpt3: string;
    };
    devices: {
        sections: string;
        list: string;
        off: string;
        places: string;
        port: string;
        accesses: string;
        silent: string;
        written: string;
        older: string;
    };
    interrupts: {
        line: string;
        devices: string;
        ioApic: string;
        taken: string;
        sent: string;
        requests: string;
        asserted: string;
        masked: string;
        idle: string;
        requested: string;
        inService: string;
        edge: string;
        level: string;
        fromPic: string;
        fromBoth: string;
        fromApic: string;
        vectors: string;
    };
};
